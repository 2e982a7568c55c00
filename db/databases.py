"""The databases of a server as a whole: made beside the project's own, put in its place, dropped.

Works from the server's maintenance database, as a database can neither be renamed nor dropped from within.
"""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Any, Self

import psycopg
from psycopg import errors as pg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from db.contents import PATIENT
from db.errors import translated
from db.pool import conninfo
from db.traits import give_grants, making
from domain.errors import StoreError, StoreInUse

MAINTENANCE = "postgres"

_SCRATCH = "content_scaling_scratch_"
_LONGEST = 63  # bytes of a name; PostgreSQL cuts off the rest without a word
_TRIES = 3

_OTHERS = """
SELECT coalesce(nullif(application_name, ''), 'without a name'), count(*) FROM pg_stat_activity
WHERE datname = %s AND pid <> pg_backend_pid() AND backend_type = 'client backend' GROUP BY 1 ORDER BY 1
"""
_END_OTHERS = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND backend_type = 'client backend'
"""
# Held by whoever uses a scratch database, for as long as it lives.
_TAKE = "SELECT pg_try_advisory_lock(hashtextextended(%s, 0))"
_GIVE = "SELECT pg_advisory_unlock(hashtextextended(%s, 0))"


def database_name(url: str) -> str:
    """Return the name of the database at an address."""
    given = conninfo_to_dict(conninfo(url))
    return str(given.get("dbname") or given.get("user") or "postgres")


def place_of(url: str) -> str:
    """Return where a database is, without the password: user, host or folder of the socket, port."""
    given = conninfo_to_dict(conninfo(url))
    return (
        f"{given.get('user') or 'the default user'} at {given.get('host') or 'localhost'}:{given.get('port') or 5432}"
    )


def beside(url: str, database: str) -> str:
    """Return the address of another database of the same server."""
    return conninfo(url, dbname=database)


class Databases:
    """The databases of the server at `url`."""

    def __init__(self, url: str) -> None:
        self.url = url

    def __enter__(self) -> Self:
        target = conninfo(self.url, dbname=MAINTENANCE, options=PATIENT, application_name="content-scaling backup")
        with translated():
            self._connection: psycopg.Connection[Any] = psycopg.connect(target, autocommit=True)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connection.close()

    def exists(self, name: str) -> bool:
        """Tell whether there is a database of that name."""
        return bool(self._rows("SELECT 1 FROM pg_database WHERE datname = %s", name))

    def others(self, name: str) -> dict[str, int]:
        """Return how many connections to a database each program has."""
        return dict(self._rows(_OTHERS, name))

    @contextmanager
    def scratch(self, like: str) -> Iterator[str]:
        """Give the name of an empty database of the same kind as `like`; it is dropped unless it was renamed.

        What killed processes left of these is dropped too.
        """
        self._sweep()
        name = f"{_SCRATCH}{secrets.token_hex(6)}"
        self._rows(_TAKE, name)
        try:
            with translated():
                self._make(name, like)
            yield name
        finally:
            self.drop(name)
            self._rows(_GIVE, name)

    def swap(self, new: str, name: str, kept: str, *, force: bool) -> None:
        """Put `new` in the place of `name`, which is called `kept` from then on: both or neither.

        Raises StoreInUse while others are connected to it; `force` ends their connections.
        """
        for attempt in range(1, _TRIES + 1):
            try:
                with translated(), self._connection.transaction():
                    self._replace(new, name, kept, force=force)
            except StoreError as error:
                if not isinstance(error.__cause__, pg.ObjectInUse):
                    raise
                if not force or attempt == _TRIES:  # a pool may have connected again at once
                    raise StoreInUse(f"{name} was not replaced: {error}") from None
            else:
                return

    def analyze(self, name: str) -> None:
        """Let the planner know what a database holds: after a restore it knows nothing."""
        with translated(), psycopg.connect(beside(self.url, name), autocommit=True, options=PATIENT) as connection:
            connection.execute("ANALYZE")

    def drop(self, name: str) -> None:
        """Drop a database, if it is there, with whatever is connected to it."""
        with translated():
            statement = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
            self._connection.execute(statement)

    def _replace(self, new: str, name: str, kept: str, *, force: bool) -> None:
        if self.exists(name):
            if force:
                self._rows(_END_OTHERS, name)
            self._rename(name, kept)
        self._rename(new, name)

    def _rename(self, old: str, new: str) -> None:
        statement = sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(old), sql.Identifier(new))
        self._connection.execute(statement)

    def _make(self, name: str, like: str) -> None:
        try:
            self._connection.execute(making(self._connection, name, like))
        except pg.InsufficientPrivilege as error:
            user = self._connection.info.user
            raise StoreError(
                f"{user} may not make a database beside {like}, into which a backup is restored; a superuser can"
                f' allow it: ALTER ROLE "{user}" CREATEDB'
            ) from error
        give_grants(self._connection, name, like)

    def _sweep(self) -> None:
        found = self._rows("SELECT datname FROM pg_database WHERE datname ~ %s", f"^{_SCRATCH}[0-9a-f]{{12}}$")
        for (name,) in found:
            ((is_left,),) = self._rows(_TAKE, name)
            if is_left:
                self.drop(name)
                self._rows(_GIVE, name)

    def _rows(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        with translated():
            return self._connection.execute(statement, values).fetchall()


def kept_name(database: str, stamp: str) -> str:
    """Return what a database is called once another has its place.

    >>> kept_name("ferrero_tracking", "20260301T080000Z")
    'ferrero_tracking_before_20260301T080000Z'
    """
    end = f"_before_{stamp}"
    return database.encode()[: _LONGEST - len(end)].decode(errors="ignore") + end
