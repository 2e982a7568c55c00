"""The embedded server: shared, restarted, and found again after a crash."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import psycopg
import pytest

from db.embedded import DATABASE, EmbeddedPostgres
from domain.errors import ConfigError, StoreUnavailable


def server_pid(folder: Path) -> int:
    return int((folder / "postmaster.pid").read_text().splitlines()[0])


def answer(url: str) -> object:
    with psycopg.connect(url) as connection:
        return connection.execute("SELECT current_database()").fetchone()


def test_the_database_is_made_when_it_is_first_asked_for(embedded_folder: Path):
    with EmbeddedPostgres(embedded_folder) as server:
        assert answer(server.url()) == (DATABASE,)
        assert server.url() == server.url()


def test_the_server_stops_with_its_last_user_and_keeps_its_data(embedded_folder: Path):
    with EmbeddedPostgres(embedded_folder) as outer:
        with EmbeddedPostgres(embedded_folder) as inner, psycopg.connect(inner.url()) as connection:
            connection.execute("CREATE TABLE kept (x int)")
        assert answer(outer.url()) == (DATABASE,)
    assert not (embedded_folder / "postmaster.pid").exists()

    with EmbeddedPostgres(embedded_folder) as server, psycopg.connect(server.url()) as connection:
        assert connection.execute("SELECT count(*) FROM kept").fetchone() == (0,)


USER_THAT_IS_KILLED = """
import os, pathlib, signal, sys
from db.embedded import embedded_url
embedded_url(pathlib.Path(sys.argv[1]))
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.sweep
def test_a_killed_user_does_not_keep_the_server_running_for_ever(embedded_folder: Path):
    killed = subprocess.run([sys.executable, "-c", USER_THAT_IS_KILLED, str(embedded_folder)], check=False)
    assert killed.returncode == -signal.SIGKILL
    pid = server_pid(embedded_folder)

    with EmbeddedPostgres(embedded_folder) as server:
        assert server_pid(embedded_folder) == pid
        assert answer(server.url()) == (DATABASE,)

    assert not (embedded_folder / "postmaster.pid").exists()


def test_a_process_that_ends_leaves_no_server(embedded_folder: Path):
    program = "import pathlib, sys; from db.embedded import embedded_url; embedded_url(pathlib.Path(sys.argv[1]))"
    subprocess.run([sys.executable, "-c", program, str(embedded_folder)], check=True)

    assert not (embedded_folder / "postmaster.pid").exists()


@pytest.mark.sweep
def test_a_pid_file_whose_number_is_another_programs_is_no_obstacle(embedded_folder: Path):
    with EmbeddedPostgres(embedded_folder):
        pid_file = (embedded_folder / "postmaster.pid").read_text()
    lines = pid_file.splitlines()
    stale = "\n".join([str(os.getpid()), *lines[1:]]) + "\n"
    (embedded_folder / "postmaster.pid").write_text(stale)

    with EmbeddedPostgres(embedded_folder) as server:
        assert answer(server.url()) == (DATABASE,)


def test_a_server_that_was_killed_recovers(embedded_folder: Path):
    with EmbeddedPostgres(embedded_folder) as server:
        with psycopg.connect(server.url()) as connection:
            connection.execute("CREATE TABLE kept (x int)")
        process = psutil.Process(server_pid(embedded_folder))
        children = process.children()
        process.kill()
        psutil.wait_procs([process, *children], timeout=20)

        with EmbeddedPostgres(embedded_folder) as again, psycopg.connect(again.url()) as connection:
            assert connection.execute("SELECT count(*) FROM kept").fetchone() == (0,)


def test_a_folder_that_the_tools_cannot_use_is_refused_at_once(embedded_folder: Path):
    with pytest.raises(ConfigError, match="DATA_DIR"):
        EmbeddedPostgres(embedded_folder.parent / "a b")


def test_a_folder_that_holds_something_else_is_refused(embedded_folder: Path):
    embedded_folder.mkdir()
    (embedded_folder / "PG_VERSION").write_text("12\n")

    with pytest.raises(StoreUnavailable, match="did not start"), EmbeddedPostgres(embedded_folder):
        pass
