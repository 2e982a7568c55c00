"""How backups come into their folder and go: private, whole or not at all."""

import errno
import fcntl
import os
import shutil
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from fcntl import flock
from pathlib import Path

import pytest

from clients.backup import BackupFolder, check_sums, facts_of, sums_of
from clients.backup.landing import landing, settle, write_private
from clients.backup.manifest import manifest_text, read_manifest
from clients.backup.sums import sums_text
from domain.backups import Backup, Contents, Kind
from domain.errors import BackupDamaged, ConfigError, StorageFull

CONTENT = b"as good as a dump"
MADE_AT = datetime(2026, 3, 1, 2, tzinfo=UTC)
CONTENTS = Contents("x", 180004, "0007", {"outbox": 1})


@pytest.fixture
def folder(tmp_path: Path) -> BackupFolder:
    return BackupFolder(tmp_path / "backups")


def put(folder: BackupFolder, content: bytes = CONTENT) -> Backup:
    """Let a dump come into the folder."""
    with landing(folder.root / "dumps", is_folder=False) as (partial, handle):
        os.write(handle, content)
        facts = manifest_text(CONTENTS, len(content))
        made = Backup(Kind.DUMP, "x", MADE_AT, len(content))
        return settle(partial, made, lambda path: {facts_of(path): facts, sums_of(path): sums_text({path.name: "0"})})


def names(folder: BackupFolder) -> list[str]:
    return sorted(path.name for path in (folder.root / "dumps").iterdir())


def test_a_backup_is_there_with_what_belongs_to_it_and_for_nobody_else(folder: BackupFolder):
    made = put(folder)
    assert folder.backups() == [made]
    assert names(folder) == [made.name, f"{made.name}.json", f"{made.name}.sha256"]
    assert read_manifest(facts_of(folder.path(made))) == (CONTENTS, len(CONTENT))
    assert {stat.S_IMODE(path.stat().st_mode) for path in (folder.root / "dumps").iterdir()} == {0o600}
    assert {stat.S_IMODE(path.stat().st_mode) for path in (folder.root, folder.root / "dumps")} == {0o700}


def test_a_folder_that_others_could_look_into_is_closed(folder: BackupFolder):
    (folder.root / "dumps").mkdir(parents=True, mode=0o755)
    put(folder)
    assert stat.S_IMODE((folder.root / "dumps").stat().st_mode) == 0o700


def test_two_of_one_second_do_not_replace_each_other(folder: BackupFolder):
    first, second = put(folder), put(folder)
    assert (second.made_at - first.made_at).total_seconds() == 1
    assert folder.backups() == [first, second]


def test_what_fails_leaves_nothing(folder: BackupFolder):
    with pytest.raises(ZeroDivisionError), landing(folder.root / "dumps", is_folder=False) as (_, handle):
        os.write(handle, CONTENT)
        raise ZeroDivisionError
    assert names(folder) == []


def test_a_full_disk_leaves_nothing_and_names_the_folder(folder: BackupFolder):
    with (
        pytest.raises(StorageFull, match=f"the disk of {folder.root / 'dumps'} has no room"),
        landing(folder.root / "dumps", is_folder=False),
    ):
        raise OSError(errno.ENOSPC, "No space left on device")
    assert names(folder) == []


def test_a_place_that_is_no_folder_is_told(tmp_path: Path):
    (tmp_path / "backups").write_text("")
    with (
        pytest.raises(ConfigError, match=r"BACKUP_DIR: .* cannot be used"),
        landing(tmp_path / "backups" / "dumps", is_folder=False),
    ):
        pass


KILLED = """
import os, signal, sys
from pathlib import Path
from clients.backup.landing import landing
with landing(Path(sys.argv[1]), is_folder=sys.argv[2] == "folder") as (path, handle):
    if path.is_dir(): (path / "base.tar.gz").write_text("half")
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.parametrize("what", ["file", "folder"])
def test_the_next_one_removes_what_a_killed_one_left_and_nothing_of_one_at_work(folder: BackupFolder, what: str):
    subprocess.run([sys.executable, "-c", KILLED, str(folder.root / "dumps"), what], check=False)
    (left,) = names(folder)
    assert folder.backups() == []
    with landing(folder.root / "dumps", is_folder=False) as (partial, _):
        assert names(folder) == [partial.name] != [left]
        made = put(folder)
        assert partial.exists()
    assert folder.backups() == [made]


@pytest.mark.parametrize("what", ["file", "folder"])
def test_what_a_killed_one_left_goes_where_the_folder_is_on_nfs(
    folder: BackupFolder, what: str, monkeypatch: pytest.MonkeyPatch
):
    subprocess.run([sys.executable, "-c", KILLED, str(folder.root / "dumps"), what], check=False)
    monkeypatch.setattr("clients.backup.landing.fcntl.flock", flock_on_nfs)
    made = put(folder)
    assert names(folder) == [made.name, f"{made.name}.json", f"{made.name}.sha256"]


def flock_on_nfs(handle: int, operation: int) -> None:
    """Refuse what flock(2) says of NFS: the exclusive lock of a file that is not open for writing."""
    is_folder = stat.S_ISDIR(os.fstat(handle).st_mode)
    if not is_folder and fcntl.fcntl(handle, fcntl.F_GETFL) & os.O_ACCMODE == os.O_RDONLY:
        raise OSError(errno.EBADF, "Bad file descriptor")
    flock(handle, operation)


def test_a_kill_between_a_dump_and_its_checksum_leaves_no_dump_without(folder: BackupFolder):
    put(folder)
    write_private(folder.root / "dumps" / "x-20260301T020500Z.dump.json", "{}")
    assert len(folder.backups()) == 1
    put(folder)
    assert "x-20260301T020500Z.dump.json" not in names(folder)


def test_leftovers_go_without_a_next_backup_and_can_be_looked_at_first(folder: BackupFolder):
    assert folder.clear() == []
    made = put(folder)
    dumps, bases = folder.root / "dumps", folder.root / "basebackups"
    write_private(dumps / "x-20260301T020500Z.dump.json", "{}")
    (bases / ".partial-0").mkdir(parents=True)
    left = [dumps / "x-20260301T020500Z.dump.json", bases / ".partial-0"]
    with landing(bases, is_folder=True) as (at_work, _):
        (bases / ".partial-0").mkdir()  # the landing has swept it
        assert folder.clear(dry_run=True) == left
        assert all(path.exists() for path in left)
        assert folder.clear() == left
        assert at_work.exists()
    assert (folder.backups(), folder.clear()) == ([made], [])


def test_a_base_backup_that_is_being_deleted_is_no_leftover(folder: BackupFolder, monkeypatch: pytest.MonkeyPatch):
    base = Backup(Kind.BASE, "x", MADE_AT)
    folder.path(base).mkdir(parents=True)
    deleted = shutil.rmtree
    met: list[list[Path]] = []

    def delete_slowly(path: Path) -> None:
        met.append(folder.clear())
        deleted(path)

    monkeypatch.setattr("clients.backup.folder.shutil.rmtree", delete_slowly)
    folder.delete(base)
    assert met == [[]]


def test_what_somebody_else_deletes_at_the_same_time_is_gone(folder: BackupFolder):
    base = Backup(Kind.BASE, "x", MADE_AT)
    for _ in range(20):
        folder.path(base).mkdir(parents=True)
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(folder.delete, [base] * 4))
        assert list(folder.path(base).parent.iterdir()) == []


class Pruned(BackupFolder):
    """A folder of which somebody else deletes the backups as soon as they are listed."""

    def _names(self, kind: Kind) -> list[Backup]:
        found = super()._names(kind)
        for backup in found:
            self.delete(backup)
        return found


@pytest.mark.parametrize("kind", [Kind.DUMP, Kind.BASE])
def test_what_goes_while_it_is_looked_at_is_not_listed(folder: BackupFolder, kind: Kind):
    put(folder)
    folder.path(Backup(Kind.BASE, "x", MADE_AT)).mkdir(parents=True)
    assert kind in {backup.kind for backup in folder.backups()}
    assert Pruned(folder.root).backups() == []


def test_deleting_takes_everything_that_belongs_to_it(folder: BackupFolder):
    first, second = put(folder), put(folder)
    folder.delete(first)
    assert folder.backups() == [second]
    assert len(names(folder)) == 3
    base = folder.root / "basebackups" / replace(first, kind=Kind.BASE).name
    base.mkdir(parents=True)
    (base / "base.tar.gz").write_bytes(CONTENT)
    folder.delete(Backup(Kind.BASE, "x", MADE_AT))
    assert list(base.parent.iterdir()) == []


@pytest.mark.parametrize("harm", ["cut", "no checksum", "no manifest", "broken manifest"])
def test_a_dump_that_has_lost_something_is_listed_as_not_whole(folder: BackupFolder, harm: str):
    path = folder.path(put(folder))
    if harm == "cut":
        path.write_bytes(CONTENT[:5])
    elif harm == "no checksum":
        sums_of(path).unlink()
    elif harm == "no manifest":
        facts_of(path).unlink()
    else:
        facts_of(path).write_text('{"rows": []}')
    (found,) = folder.backups()
    assert not found.is_whole


def test_a_backup_is_found_by_name_and_by_path(folder: BackupFolder, monkeypatch: pytest.MonkeyPatch):
    made = put(folder)
    path = folder.path(made)
    assert folder.find(made.name) == folder.find(str(path)) == path
    monkeypatch.chdir(path.parent)
    assert folder.find(made.name).absolute() == path
    assert not folder.find("gone.dump").exists()


def test_checksums_are_those_of_sha256sum(tmp_path: Path):
    (tmp_path / "a b").write_bytes(CONTENT)
    done = subprocess.run(["sha256sum", "a b"], cwd=tmp_path, capture_output=True, text=True, check=True)
    (tmp_path / "sums").write_text(done.stdout)
    check_sums(tmp_path / "sums")
    assert sums_text({"a b": done.stdout.split()[0]}) == done.stdout
    (tmp_path / "a b").write_bytes(CONTENT + b"x")
    with pytest.raises(BackupDamaged, match="a b is not what was written: its SHA-256 differs"):
        check_sums(tmp_path / "sums")
    (tmp_path / "a b").unlink()
    with pytest.raises(BackupDamaged, match="a b is gone"):
        check_sums(tmp_path / "sums")
