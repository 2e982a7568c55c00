"""Turns every error of the database driver into a StoreError; nothing else in the project knows the driver's errors."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg import errors as pg
from sqlalchemy.exc import DBAPIError

from domain.errors import StoreError, StoreUnavailable

_PASSING = (psycopg.OperationalError, psycopg.InterfaceError, pg.ReadOnlySqlTransaction)
"""A later try may succeed: no connection, a timeout, a deadlock, a server that is a standby for the moment."""

_OLD_SCHEMA = (pg.UndefinedTable, pg.UndefinedColumn, pg.UndefinedFunction)


@contextmanager
def translated() -> Iterator[None]:
    """Raise StoreUnavailable or StoreError for any error of SQLAlchemy's or the driver's inside the block."""
    try:
        yield
    except DBAPIError as error:
        raise store_error(error.orig) from error
    except psycopg.Error as error:
        raise store_error(error) from error


def store_error(error: BaseException | None) -> StoreError:
    """Return our error for the driver's. Its text holds the server's own sentence, never a row's values."""
    reason = _reason(error)
    if isinstance(error, _PASSING):
        return StoreUnavailable(f"The tracking database did not answer: {reason}")
    if isinstance(error, _OLD_SCHEMA):
        return StoreError(f"The tracking database has another schema than this program ({reason}); upgrade it")
    return StoreError(f"The tracking database refused: {reason}")


def _reason(error: BaseException | None) -> str:
    # The server's detail line quotes the failing row; only the primary message is safe to show.
    primary = error.diag.message_primary if isinstance(error, psycopg.Error) else None
    return primary or " ".join(str(error).split()) or type(error).__name__
