"""The pool of connections, and the address that it connects to.

Follows psycopg_pool's page on SQLAlchemy: a `close_returns` pool under SQLAlchemy's NullPool.
"""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg_pool import ConnectionPool, PoolTimeout

from domain.errors import ConfigError

_DEFAULTS: dict[str, Any] = {
    "application_name": "content-scaling",
    "connect_timeout": 10,
    "keepalives_idle": 30,
    "options": "-c statement_timeout=60s -c lock_timeout=20s -c idle_in_transaction_session_timeout=5min",
}


class PooledConnection(psycopg.Connection[Any]):
    """A connection whose `close` hands it back to its pool."""

    def close(self) -> None:
        """Go back to the pool, also when broken: psycopg's own `close` keeps the slot of a broken one for ever."""
        pool: ConnectionPool[PooledConnection] | None = getattr(self, "_pool", None)
        if pool is None:
            super().close()
        else:
            pool.putconn(self)

    def add_notice_handler(self, callback: Callable[[psycopg.errors.Diagnostic], None]) -> None:
        """Add a handler once: SQLAlchemy adds its own again at every checkout."""
        with suppress(ValueError):
            self.remove_notice_handler(callback)
        super().add_notice_handler(callback)


def conninfo(url: str, **extra: object) -> str:
    """Return libpq's form of a postgresql:// address, with the project's timeouts where the address sets none.

    `extra` wins over the address; `options` of all are joined, and the last of a kind wins. Raises ConfigError, without
    quoting the address, when it is not one.
    """
    scheme, _, rest = url.partition("://")
    plain = f"postgresql://{rest}" if scheme.split("+")[0] in {"postgres", "postgresql"} else url
    try:
        given = conninfo_to_dict(plain)
    except psycopg.ProgrammingError:
        # The driver's text quotes parts of the address, which may hold the password.
        raise ConfigError(["DATABASE_URL: not a PostgreSQL address; write postgresql://user@host:5432/name"]) from None
    options = " ".join(str(level["options"]) for level in (_DEFAULTS, given, extra) if "options" in level)
    return make_conninfo(**{**_DEFAULTS, **given, **extra, "options": options})


def open_pool(url: str, *, size: int, timeout_s: float) -> ConnectionPool[PooledConnection]:
    """Open a pool of up to `size` connections. Connections are made when first needed, not here."""
    return ConnectionPool(
        conninfo(url),
        connection_class=PooledConnection,
        min_size=0,
        max_size=size,
        timeout=timeout_s,
        close_returns=True,
        check=ConnectionPool.check_connection,
        name="tracking-database",
        open=True,
    )


def checked_out(pool: ConnectionPool[PooledConnection]) -> PooledConnection:
    """Take a connection. Raises the driver's own error where the server is the reason why there is none."""
    try:
        return pool.getconn()
    except PoolTimeout:
        # The pool only says that it waited; a direct try says why.
        psycopg.connect(str(pool.conninfo)).close()
        raise
