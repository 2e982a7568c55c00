"""Brings a database's schema up to date (Alembic)."""

from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path

import psycopg
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, NullPool, create_engine, func, select

from db.errors import translated
from db.pool import conninfo
from domain.errors import ConfigError

_LOCK = 7_203_118_401_559
"""Any number that no other user of the server's advisory locks takes."""


class SchemaState(StrEnum):
    """How a database's schema stands to the one that this program knows; `AHEAD` is of a revision it never heard of."""

    CURRENT = "current"
    BEHIND = "behind"
    AHEAD = "ahead"
    ABSENT = "absent"


def upgrade(url: str) -> None:
    """Bring the schema to the newest revision, all of it or nothing. A second caller waits and finds it done."""
    with _connected(url) as connection:
        connection.execute(select(func.pg_advisory_xact_lock(_LOCK)))
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def current(url: str) -> str | None:
    """Return the database's revision, or None when it has no schema of ours."""
    with _connected(url) as connection:
        return MigrationContext.configure(connection).get_current_revision()


def head() -> str:
    """Return the newest revision there is."""
    revision = ScriptDirectory.from_config(_config()).get_current_head()
    if revision is None:
        raise RuntimeError("no migrations are installed")
    return revision


def schema_state(url: str) -> tuple[SchemaState, str | None]:
    """Return how the database's schema stands to this program's, and its revision."""
    found = current(url)
    if found is None:
        return SchemaState.ABSENT, None
    if found == head():
        return SchemaState.CURRENT, found
    known = {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}
    return SchemaState.BEHIND if found in known else SchemaState.AHEAD, found


def require_head(url: str) -> None:
    """Raise ConfigError unless the database has this program's schema."""
    found, wanted = current(url), head()
    if found != wanted:
        raise ConfigError([f"the database's schema is {found or 'empty'}, not {wanted}: run content-scaling setup"])


@contextmanager
def _connected(url: str) -> Iterator[Connection]:
    # A migration may take long, and waits for another one as long as that takes.
    target = conninfo(url, options="-c statement_timeout=0 -c lock_timeout=0")
    engine = create_engine("postgresql+psycopg://", poolclass=NullPool, creator=lambda: psycopg.connect(target))
    with translated(), engine.begin() as connection:
        yield connection


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    return config
