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
from db.pool import conninfo

TEMPLATE = "template_migrated"
EMPTY = "template0"


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
def cloned_database(admin_url: str, template: str = TEMPLATE, *, name: str = "") -> Iterator[str]:
    """Give the address of a fresh database, migrated or empty, dropped afterwards with whatever is connected to it."""
    name = name or f"test_{secrets.token_hex(6)}"
    identifier = sql.Identifier(name)
    _run(admin_url, sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(identifier, sql.Identifier(template)))
    try:
        yield admin_url.replace("/postgres?", f"/{name}?")
    finally:
        _run(admin_url, sql.SQL("DROP DATABASE {} WITH (FORCE)").format(identifier))


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


def _run(url: str, statement: sql.Composed) -> None:
    with psycopg.connect(conninfo(url), autocommit=True) as connection:
        connection.execute(statement)
