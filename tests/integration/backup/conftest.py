"""A database server of these tests' own, with a password and few databases: base backups copy all of it."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest
from psycopg import sql

from blocks.backups import BackupPlace
from clients.backup import BackupFolder
from db import migrate
from db.embedded import EmbeddedPostgres
from domain.backups import Keep

ROLE, PASSWORD = "keeper", "it's a pass\\word, unique-7f3a9"
DATABASE = "kept data"
TEMPLATE = "template of these tests"


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """Address of the maintenance database of a server where `keeper` needs a password."""
    parent = Path(tempfile.mkdtemp(prefix="content-scaling-backup-"))
    with EmbeddedPostgres(parent / "postgres", durable=False) as server:
        url = server.url("postgres")
        with psycopg.connect(url, autocommit=True) as connection:
            role = sql.SQL("CREATE ROLE {} LOGIN CREATEDB PASSWORD {}")
            connection.execute(role.format(sql.Identifier(ROLE), sql.Literal(PASSWORD)))
            rules = parent / "postgres" / "pg_hba.conf"
            rules.write_text(f"local all {ROLE} scram-sha-256\n{rules.read_text()}")
            connection.execute("SELECT pg_reload_conf()")
        yield url
    shutil.rmtree(parent)


@pytest.fixture(scope="session")
def template(server: str) -> str:
    """Name of a migrated database of `keeper`'s with some rows; to migrate takes a second."""
    _make(server, TEMPLATE, "template0")
    migrate.upgrade(_address(server, TEMPLATE))
    with psycopg.connect(_address(server, TEMPLATE)) as connection:
        connection.execute(_ROWS)
    return TEMPLATE


@pytest.fixture
def database(server: str, template: str) -> Iterator[str]:
    """Address of a copy of that."""
    _make(server, DATABASE, template)
    yield _address(server, DATABASE)
    with psycopg.connect(server, autocommit=True) as connection:
        found = connection.execute("SELECT datname FROM pg_database WHERE datname LIKE %s", [f"{DATABASE}%"]).fetchall()
        for (name,) in found:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def _make(server: str, name: str, template: str) -> None:
    statement = sql.SQL("CREATE DATABASE {} TEMPLATE {} OWNER {}")
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(statement.format(*map(sql.Identifier, (name, template, ROLE))))


def _address(server: str, name: str) -> str:
    return server.replace("postgres@/postgres", f"{ROLE}:{quote(PASSWORD, safe='')}@/{quote(name)}")


_ROWS = """
INSERT INTO facts (key, digest, first_seen_at, last_seen_at)
SELECT 'fact ' || n, md5(n::text), now(), now() FROM generate_series(1, 300) n;
INSERT INTO lookup_domains (domain_id, value_ids, read_at)
VALUES ('Ümläut \\ "x"', to_jsonb(ARRAY['a', E'tab\\tnew\\nline']), now())
"""


@pytest.fixture
def place(database: str, tmp_path: Path) -> BackupPlace:
    """That database, and a folder for its backups."""
    return BackupPlace(database, BackupFolder(tmp_path / "backups"), Keep())


def fingerprint(url: str) -> dict[str, str]:
    """Everything in a database: each table's rows as text, each sequence, the statements that make the tables."""
    with psycopg.connect(url) as connection:
        tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        held = {}
        for (name,) in tables:
            statement = sql.SQL("SELECT string_agg(t::text, E'\n' ORDER BY t::text) FROM {} t")
            row = connection.execute(statement.format(sql.Identifier(name))).fetchone()
            held[name] = str(row)
        held["sequences"] = str(connection.execute("SELECT * FROM pg_sequences ORDER BY 2").fetchall())
        held["columns"] = str(connection.execute(_COLUMNS).fetchall())
        held["indexes"] = str(connection.execute("SELECT indexdef FROM pg_indexes ORDER BY 1").fetchall())
        return held


_COLUMNS = """
SELECT table_name, column_name, data_type, is_nullable, column_default FROM information_schema.columns
WHERE table_schema = 'public' ORDER BY 1, ordinal_position
"""


def databases(url: str) -> set[str]:
    """Name of each database of the server."""
    with psycopg.connect(url) as connection:
        return {name for (name,) in connection.execute("SELECT datname FROM pg_database").fetchall()}


def files(place: BackupPlace) -> list[str]:
    """Every file below the folder of the backups."""
    return sorted(
        str(Path(parent, name).relative_to(place.folder.root))
        for parent, _, names in os.walk(place.folder.root)
        for name in names
    )
