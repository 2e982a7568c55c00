"""What a database holds, counted in one snapshot, in which pg_dump can work too."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from db.errors import translated
from db.pool import conninfo
from domain.backups import Contents

PATIENT = "-c statement_timeout=0 -c idle_in_transaction_session_timeout=0"
"""A large database takes longer than any statement of a run may."""

_TABLES = """
SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'r' AND n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\\_%' ORDER BY 1, 2
"""
_REVISIONS = "alembic_version"


@contextmanager
def frozen_contents(url: str) -> Iterator[tuple[str, Contents]]:
    """Give a snapshot that others may work in while the block lasts, and what the database holds in it."""
    with _reading(url) as connection:
        (snapshot,) = connection.execute("SELECT pg_export_snapshot()").fetchone() or ("",)
        yield str(snapshot), _contents(connection)


def contents_of(url: str) -> Contents:
    """Return what the database holds now."""
    with _reading(url) as connection:
        return _contents(connection)


def tool_parameters(url: str) -> dict[str, str]:
    """Return the address as libpq's keywords, for programs that connect by themselves; it may hold the password."""
    parameters = conninfo_to_dict(conninfo(url, options=PATIENT, application_name="content-scaling backup"))
    return {name: str(value) for name, value in parameters.items()}


@contextmanager
def _reading(url: str) -> Iterator[psycopg.Connection[Any]]:
    target = conninfo(url, options=PATIENT, application_name="content-scaling backup")
    with translated(), psycopg.connect(target) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        yield connection


def _contents(connection: psycopg.Connection[Any]) -> Contents:
    tables = connection.execute(_TABLES).fetchall()
    rows = {_label(*table): _count(connection, *table) for table in tables}
    revision = None
    if _REVISIONS in rows:
        (revision,) = connection.execute("SELECT min(version_num) FROM alembic_version").fetchone() or (None,)
    info = connection.info
    return Contents(info.dbname, info.server_version, revision, rows)


def _count(connection: psycopg.Connection[Any], schema: str, table: str) -> int:
    statement = sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(schema, table))
    (count,) = connection.execute(statement).fetchone() or (0,)
    return int(count)


def _label(schema: str, table: str) -> str:
    return table if schema == "public" else f"{schema}.{table}"
