"""The table of leases, on one connection whose life stands for the holder's."""

from datetime import datetime
from typing import Any

import psycopg
from psycopg import errors as pg

from db.errors import translated
from db.pool import conninfo

_OPTIONS = "-c statement_timeout=10s -c lock_timeout=2s"

_MINE = "SELECT pid, backend_start FROM pg_stat_activity WHERE pid = pg_backend_pid()"

# A backend of another role hides its start: then it counts as alive, and the lease runs out by time.
_TAKE = """
INSERT INTO leases AS held (key, holder, token, backend_pid, backend_start, acquired_at, expires_at)
VALUES (%(key)s, %(holder)s, nextval('lease_tokens'), %(pid)s, %(start)s,
        clock_timestamp(), clock_timestamp() + make_interval(secs => %(ttl_s)s))
ON CONFLICT (key) DO UPDATE SET
    holder = excluded.holder, token = excluded.token, backend_pid = excluded.backend_pid,
    backend_start = excluded.backend_start, acquired_at = excluded.acquired_at, expires_at = excluded.expires_at
WHERE held.expires_at <= clock_timestamp() OR NOT EXISTS (
    SELECT FROM pg_stat_activity AS alive
    WHERE alive.pid = held.backend_pid AND (alive.backend_start = held.backend_start OR alive.backend_start IS NULL))
RETURNING token
"""

_RENEW = """
UPDATE leases SET backend_pid = %(pid)s, backend_start = %(start)s,
    expires_at = clock_timestamp() + make_interval(secs => %(ttl_s)s)
WHERE key = %(key)s AND token = %(token)s RETURNING token
"""

_GIVE_BACK = "DELETE FROM leases WHERE key = %(key)s AND token = %(token)s"


class LeaseTable:
    """The leases of one holder. Not safe to share between threads.

    The address must lead to PostgreSQL itself: behind a pooler that shares connections, a connection that is gone says
    nothing about its user.
    """

    def __init__(self, url: str, holder: str) -> None:
        self._conninfo = conninfo(url, options=_OPTIONS, application_name=f"content-scaling lease {holder}")
        self._holder = holder
        self._connection: psycopg.Connection[Any] | None = None
        self._backend: tuple[int, datetime] | None = None

    def take(self, key: str, ttl_s: float) -> int | None:
        """Return the token of a new lease, or None when somebody alive holds it."""
        with translated():
            try:
                row = self._execute(_TAKE, key=key, holder=self._holder, ttl_s=ttl_s)
            except pg.LockNotAvailable:
                # Its holder is in the middle of a fenced transaction.
                return None
        return None if row is None else int(row[0])

    def renew(self, key: str, token: int, ttl_s: float) -> bool:
        """Make a lease last from now on. False when it was taken over."""
        with translated():
            try:
                row = self._execute(_RENEW, key=key, token=token, ttl_s=ttl_s)
            except pg.LockNotAvailable:
                # Somebody waits to take it over while our own fenced transaction keeps it: ours for the moment.
                return True
        return row is not None

    def give_back(self, key: str, token: int) -> None:
        """End a lease; nothing happens when it was taken over."""
        with translated():
            self._execute(_GIVE_BACK, key=key, token=token)

    def close(self) -> None:
        """Close the connection; with it, whatever is still held is free."""
        if self._connection is not None:
            self._connection.close()

    def _execute(self, statement: str, **values: object) -> tuple[Any, ...] | None:
        was_open = self._connection is not None and not self._connection.closed
        try:
            return self._execute_once(statement, values)
        except psycopg.OperationalError:
            # The connection may have died while nobody used it; that shows only now.
            if was_open and self._connection is not None and self._connection.closed:
                return self._execute_once(statement, values)
            raise

    def _execute_once(self, statement: str, values: dict[str, object]) -> tuple[Any, ...] | None:
        connection = self._connected()
        pid, start = self._backend or (None, None)
        cursor = connection.execute(statement, {**values, "pid": pid, "start": start})
        return cursor.fetchone() if cursor.description else None

    def _connected(self) -> psycopg.Connection[Any]:
        if self._connection is None or self._connection.closed:
            self._connection = psycopg.connect(self._conninfo, autocommit=True)
            # Read once and passed as values: a statement sees the list of backends as it was at its first look, and
            # _TAKE has to look after it has waited for the row.
            self._backend = self._connection.execute(_MINE).fetchone()
        return self._connection
