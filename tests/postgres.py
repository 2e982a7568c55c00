"""One throw-away PostgreSQL server for all workers of a test session, and fresh databases on it."""

import fcntl
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql

from db import migrate
from db.embedded import EmbeddedPostgres
from db.models import Base
from db.pool import conninfo

TEMPLATE = "template_migrated"
EMPTY = "template0"

_made: set[tuple[str, str]] = set()
"""Address of the server and name of each database that this process has made to be used more than once."""

_EMPTY_IT = sql.SQL("""
SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
 WHERE datname = current_database() AND pid <> pg_backend_pid();
SET session_replication_role = replica;  -- without triggers: some of them refuse this
{};
SELECT setval(seqrelid, seqstart, false) FROM pg_sequence
""").format(sql.SQL("; ").join(sql.SQL("DELETE FROM {}").format(sql.Identifier(name)) for name in Base.metadata.tables))


@contextmanager
def running_server(shared: Path) -> Iterator[str]:
    """Give the address of the server's `postgres` database; whoever leaves last stops and removes it.

    `shared` is a folder that the workers of this session share, and no other session.
    """
    with _locked(shared):
        server = EmbeddedPostgres(_folder(shared), durable=False).__enter__()
        _make_template(server)
        admin_url = server.url("postgres")
    try:
        yield admin_url
    finally:
        with _locked(shared):
            server.__exit__(None, None, None)
            if not (server.folder / "postmaster.pid").exists():
                shutil.rmtree(server.folder)
                _note(shared).unlink()


@contextmanager
def cloned_database(admin_url: str, template: str = TEMPLATE) -> Iterator[str]:
    """Give the address of a new database, migrated or empty, dropped afterwards with whatever is connected to it."""
    name = f"test_{secrets.token_hex(6)}"
    identifier = sql.Identifier(name)
    _run(admin_url, sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(identifier, sql.Identifier(template)))
    try:
        yield _address(admin_url, name)
    finally:
        _run(admin_url, sql.SQL("DROP DATABASE {} WITH (FORCE)").format(identifier))


@contextmanager
def fresh_database(admin_url: str, name: str) -> Iterator[str]:
    """Give the address of a migrated database that is as if it were new; tests must leave its schema as it is.

    The first use in this process makes it. After each use it loses its rows and whatever is connected to it, which
    costs the server a tenth of what a new one does.
    """
    identifier = sql.Identifier(name)
    if (admin_url, name) not in _made:
        _run(admin_url, sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(identifier, sql.Identifier(TEMPLATE)))
        _made.add((admin_url, name))
    url = _address(admin_url, name)
    try:
        yield url
    finally:
        try:
            _run(url, _EMPTY_IT)
        except psycopg.Error:  # the one test that left it so is to fail, not all that come after
            _made.discard((admin_url, name))
            _run(admin_url, sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(identifier))
            raise


@contextmanager
def _locked(shared: Path) -> Iterator[None]:
    with (shared / "postgres.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _note(shared: Path) -> Path:
    return shared / "postgres.folder"


def _folder(shared: Path) -> Path:
    # Not below pytest's own folder: every new session closes that one to other users, and the server runs as one.
    note = _note(shared)
    if not note.exists():
        note.write_text(tempfile.mkdtemp(prefix="content-scaling-pg-"))
    return Path(note.read_text())


def _make_template(server: EmbeddedPostgres) -> None:
    with psycopg.connect(server.url("postgres"), autocommit=True) as connection:
        found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s AND datistemplate", [TEMPLATE])
        if found.fetchone() is not None:
            return
        migrate.upgrade(server.url(TEMPLATE))
        # Marked last, so that a template that was left half made is made again.
        connection.execute(sql.SQL("ALTER DATABASE {} IS_TEMPLATE true").format(sql.Identifier(TEMPLATE)))


def _address(admin_url: str, name: str) -> str:
    return admin_url.replace("/postgres?", f"/{name}?")


def _run(url: str, statement: sql.Composed) -> None:
    with psycopg.connect(conninfo(url), autocommit=True) as connection:
        connection.execute(statement)
