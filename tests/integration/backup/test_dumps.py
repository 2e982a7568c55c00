"""Dumps of a real database: what they hold, and what is left of those that fail."""

import json
import os
import stat
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import psutil
import psycopg
import pytest

from blocks.backups import BackupPlace
from clients.backup import Server, check_sums, facts_of, make_dump, sums_of
from db.contents import contents_of, tool_parameters
from db.migrate import head
from domain.backups import Backup, Contents, Keep, Kind
from domain.errors import ConfigError, ServiceUnavailable, StorageFull, StoreUnavailable
from tasks.backups import check_backup, make_backup, prune
from tests.integration.backup.conftest import DATABASE, PASSWORD, files
from tests.waiting import until

SECRET = "unique-7f3a9"
"""A part of the password that looks the same however it is quoted."""


@pytest.fixture
def contents(place: BackupPlace) -> Contents:
    return contents_of(place.url)


@contextmanager
def snapshot(url: str) -> Iterator[str]:
    with psycopg.connect(url) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        (name,) = connection.execute("SELECT pg_export_snapshot()").fetchone() or ("",)
        yield name


def dump_now(place: BackupPlace, contents: Contents, server: Server | None = None) -> Backup:
    """Dump as make_backup does, but for counting, which an exclusive lock would hold up."""
    backup = Backup(Kind.DUMP, contents.database, datetime.now(UTC))
    with snapshot(place.url) as name:
        return make_dump(server or place.server(contents), place.folder, backup, contents, name)


@contextmanager
def held_up(place: BackupPlace, contents: Contents) -> Iterator[psutil.Process]:
    """Give a pg_dump that waits for a lock; its dump must have failed by the end of the block."""
    with (
        ThreadPoolExecutor(1) as thread,
        psycopg.connect(place.url) as connection,
    ):
        connection.execute("LOCK TABLE facts IN ACCESS EXCLUSIVE MODE")
        dumping = thread.submit(dump_now, place, contents)
        until(tools_at_work, what="pg_dump to start", timeout=30)
        try:
            yield tools_at_work()[0]
        finally:
            connection.rollback()
            with pytest.raises(ServiceUnavailable, match="pg_dump was stopped by SIGKILL; nothing was kept"):
                dumping.result(30)


def tools_at_work() -> list[psutil.Process]:
    """Each pg_dump that we have started, but for those that only say their version."""
    found = []
    for process in psutil.Process().children():
        with suppress(psutil.NoSuchProcess):
            if process.name() == "pg_dump" and "--format=custom" in process.cmdline():
                found.append(process)
    return found


def test_a_dump_says_what_it_holds_and_nobody_else_can_read_it(place: BackupPlace):
    made = make_backup(Kind.DUMP, place)
    path = place.folder.path(made)
    assert path.name.startswith("kept%20data-")
    assert files(place) == [f"dumps/{path.name}", f"dumps/{path.name}.json", f"dumps/{path.name}.sha256"]
    assert {stat.S_IMODE(each.stat().st_mode) for each in path.parent.iterdir()} == {0o600}
    assert stat.S_IMODE(path.parent.stat().st_mode) == stat.S_IMODE(place.folder.root.stat().st_mode) == 0o700
    facts = json.loads(facts_of(path).read_text())
    assert (facts["database"], facts["revision"], facts["size_bytes"]) == (DATABASE, head(), path.stat().st_size)
    assert (facts["rows"]["facts"], facts["rows"]["lookup_domains"], facts["rows"]["outbox"]) == (300, 1, 0)
    check_sums(sums_of(path))


def test_what_is_written_while_it_dumps_is_neither_counted_nor_dumped(place: BackupPlace, contents: Contents):
    backup = Backup(Kind.DUMP, DATABASE, datetime.now(UTC))
    with snapshot(place.url) as name, psycopg.connect(place.url, autocommit=True) as other:
        other.execute("DELETE FROM facts")
        made = make_dump(place.server(contents), place.folder, backup, contents, name)
    assert check_backup(place.folder.path(made), place).contents.rows["facts"] == 300


def test_the_password_is_in_no_command_line_of_this_machine(place: BackupPlace, contents: Contents):
    with held_up(place, contents) as process:
        assert process.environ()["PGPASSWORD"] == PASSWORD
        lines = [path.read_bytes() for path in Path("/proc").glob("[0-9]*/cmdline") if path.exists()]
        assert any(b"pg_dump" in line for line in lines)
        assert not [line for line in lines if SECRET.encode() in line]
        process.kill()


def test_a_dump_that_is_killed_leaves_nothing(place: BackupPlace, contents: Contents):
    with held_up(place, contents) as process:
        assert len(files(place)) == 1  # under a name that nothing takes for a backup
        assert place.folder.backups() == []
        process.kill()
    assert files(place) == []


def test_a_wrong_password_is_told_by_us_and_by_the_tool_and_leaves_nothing(place: BackupPlace, contents: Contents):
    wrong = replace(place, url=place.url.replace("unique", "other"))
    with pytest.raises(StoreUnavailable, match=r"did not answer: .*password authentication failed"):
        make_backup(Kind.DUMP, wrong)
    with pytest.raises(StoreUnavailable, match=r"pg_dump: .* did not answer: password authentication failed") as caught:
        dump_now(place, contents, Server(tool_parameters(wrong.url), 18))
    assert "a pass" not in str(caught.value)
    assert files(place) == []


def test_without_tools_of_the_servers_version_it_is_told_what_to_install(place: BackupPlace, contents: Contents):
    with pytest.raises(ConfigError, match="postgresql-client-99"):
        dump_now(place, contents, Server(tool_parameters(place.url), 99))
    assert files(place) == []


def test_a_full_disk_leaves_nothing(place: BackupPlace, contents: Contents, monkeypatch: pytest.MonkeyPatch):
    def full(_handle: int, _content: bytes) -> int:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", full)
        with pytest.raises(StorageFull, match="BACKUP_DIR"):
            dump_now(place, contents)
    assert files(place) == []
    assert tools_at_work() == []


def test_a_database_that_is_not_there_is_told(place: BackupPlace):
    with pytest.raises(StoreUnavailable, match='database "gone" does not exist'):
        make_backup(Kind.DUMP, replace(place, url=place.url.replace("kept%20data", "gone")))


def test_old_backups_go_with_all_that_belongs_to_them(place: BackupPlace):
    made = [make_backup(kind, place) for kind in (Kind.DUMP, Kind.SAFETY)]
    long_ago = [replace(each, made_at=datetime(2020, 1, day, tzinfo=UTC)) for each in made for day in (1, 2)]
    for each in long_ago:
        path, model = place.folder.path(each), place.folder.path(made[0])
        for of in (Path, facts_of, sums_of):
            of(path).write_bytes(of(model).read_bytes())
    assert len(files(place)) == 18
    gone = prune(replace(place, keep=Keep(daily=2)))
    assert [each.made_at.day for each in gone if each.kind is Kind.DUMP] == [1]
    assert [each.made_at.day for each in gone if each.kind is Kind.SAFETY] == [1, 2]
    assert len(files(place)) == 9
