"""Base backups of a real server: whole, compared with the server's own list, and able to run."""

import shutil
import stat
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest

from blocks.backups import BackupPlace
from clients.backup import base, facts_of, read_manifest, sums_of
from clients.backup.sums import digest_of, sums_text
from db.embedded import EmbeddedPostgres
from domain.backups import Kind
from domain.errors import BackupDamaged, StoreError
from tasks.backups import check_backup, make_backup
from tests.integration.backup.conftest import DATABASE, files


@pytest.fixture
def whole(place: BackupPlace, server: str) -> BackupPlace:
    """The place as it is for a role that may copy the server."""
    return replace(place, url=server.replace("/postgres?", f"/{DATABASE.replace(' ', '%20')}?"))


@pytest.fixture
def new_server() -> Iterator[Path]:
    """A folder for a server; its user can reach it."""
    parent = Path(tempfile.mkdtemp(prefix="content-scaling-base-"))
    yield parent / "postgres"
    shutil.rmtree(parent)


def test_a_base_backup_is_whole_private_and_becomes_a_server_again(whole: BackupPlace, new_server: Path):
    path = whole.folder.path(make_backup(Kind.BASE, whole))
    assert [each.name for each in sorted(path.iterdir())] == [
        *("SHA256SUMS", "backup_manifest", "base.tar.gz", "facts.json", "pg_wal.tar.gz")
    ]
    assert {stat.S_IMODE(each.stat().st_mode) for each in path.iterdir()} == {0o600}
    assert stat.S_IMODE(path.stat().st_mode) == stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert read_manifest(facts_of(path))[0].rows == {}
    assert [each.is_whole for each in whole.folder.backups()] == [True]
    assert check_backup(path, whole).text == f"{path.name} is whole"

    # As docs/backups.md says.
    new_server.mkdir(mode=0o700)
    for archive, folder in (("base", new_server), ("pg_wal", new_server / "pg_wal")):
        subprocess.run(["tar", "xzf", path / f"{archive}.tar.gz", "-C", folder], check=True)
    for left in (".handle_pids.json", ".s.PGSQL.5432.lock"):
        (new_server / left).unlink()
    owner = Path(psycopg_data(whole.url)).stat()
    subprocess.run(["chown", "-R", f"{owner.st_uid}:{owner.st_gid}", new_server], check=True)
    with EmbeddedPostgres(new_server) as server, psycopg.connect(server.url(DATABASE)) as connection:
        assert connection.execute("SELECT count(*) FROM facts").fetchone() == (300,)

    damage(path)


def psycopg_data(url: str) -> str:
    with psycopg.connect(url) as connection:
        (folder,) = connection.execute("SHOW data_directory").fetchone() or ("",)
    return str(folder)


def damage(path: Path) -> None:
    """A byte that changes is found by our checksum; a file that the server did not send so by its own list."""
    good = (path / "base.tar.gz").read_bytes()
    (path / "base.tar.gz").write_bytes(good[:1000] + bytes([good[1000] ^ 1]) + good[1001:])
    with pytest.raises(BackupDamaged, match="SHA-256 differs"):
        base.check_base(path)

    (path / "base.tar.gz").write_bytes(good[:-100_000])
    sign(path)
    with pytest.raises(BackupDamaged, match="cannot be read"):
        base.check_base(path)

    with tarfile.open(path / "base.tar.gz", "w:gz") as files:
        files.add(path / "facts.json", "PG_VERSION")
    sign(path)
    with pytest.raises(BackupDamaged, match="is not what the server sent"):
        base.check_base(path)

    sums_of(path).unlink()
    with pytest.raises(BackupDamaged, match="its checksums are gone"):
        base.check_base(path)


def sign(path: Path) -> None:
    digests = {each.name: digest_of(each) for each in path.iterdir() if each != sums_of(path)}
    sums_of(path).write_text(sums_text(digests))


def test_a_role_that_may_not_copy_the_server_is_told_what_allows_it(place: BackupPlace):
    with pytest.raises(StoreError, match=r"may not copy the server .*: a base backup needs .*REPLICATION"):
        make_backup(Kind.BASE, place)
    assert files(place) == []
