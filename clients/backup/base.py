"""Base backups: a copy of a whole server, every database in it, with the log that makes it whole.

https://www.postgresql.org/docs/current/app-pgbasebackup.html. They are checked here rather than by pg_verifybackup:
before version 18 it knows no archives, and that of the embedded server's wheel crashes.
"""

import hashlib
import json
import tarfile
import zlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from clients.backup.folder import BackupFolder, size_of
from clients.backup.landing import facts_of, landing, settle, sums_of, write_private
from clients.backup.manifest import manifest_text
from clients.backup.running import run
from clients.backup.sums import check_sums, digest_of, sums_text
from clients.backup.tools import Server, find_tools
from domain.backups import Backup, Contents
from domain.errors import BackupDamaged

_LIST = "backup_manifest"
_LOG = "pg_wal.tar.gz"
_BLOCK = 1024 * 1024

_OPTIONS = (
    *("--format=tar", "--gzip", "--wal-method=stream", "--checkpoint=fast", "--manifest-checksums=SHA256"),
    *("--label=content-scaling", "--no-password"),
)


def make_base(server: Server, folder: BackupFolder, backup: Backup, contents: Contents) -> Backup:
    """Copy the whole server; what was written is read again before it counts as a backup.

    Raises ConfigError without tools, StorageFull, BackupDamaged, or the error of pg_basebackup; none leaves anything.
    """
    program = find_tools(server.version) / "pg_basebackup"
    with landing(folder.root / backup.kind.folder, is_folder=True) as (partial, handle):
        options: list[str | Path] = [*_OPTIONS, "--pgdata", partial, server.argument()]
        # It outlives us if we are killed: with the handle, what it writes is nobody's leftover before it ends.
        run(program, options, server, partial.parent, keep_open=[handle])
        check_files(partial)
        size = size_of(partial)
        write_private(facts_of(partial), manifest_text(contents, size))
        digests = {path.name: digest_of(path) for path in sorted(partial.iterdir())}
        write_private(sums_of(partial), sums_text(digests))
        return settle(partial, replace(backup, size_bytes=size), lambda _: {})


def check_base(path: Path) -> None:
    """Read a base backup to its end; raises BackupDamaged where it is not what the server had."""
    if not sums_of(path).is_file():
        raise BackupDamaged(f"{path}: its checksums are gone", service="backup")
    check_sums(sums_of(path))
    check_files(path)


def check_files(path: Path) -> None:
    """Compare each file in the archives with the server's own list of what it sent, and read the log to its end."""
    try:
        listed = json.loads((path / _LIST).read_text(encoding="utf-8"))["Files"]
        wanted = {entry["Path"]: (entry["Size"], entry["Checksum"]) for entry in listed}
        archives = [each for each in path.glob("*.tar.gz") if each.name != _LOG]
        found = {name: facts for archive in archives for name, facts in _files(archive)}
        log = list(_files(path / _LOG))
    except (OSError, ValueError, LookupError, EOFError, zlib.error, tarfile.TarError) as error:
        raise _damaged(path, f"cannot be read ({type(error).__name__}: {error})") from None
    wrong = next((name for name, facts in wanted.items() if found.get(name) != facts), None)
    if wrong is not None:
        raise _damaged(path, f"{wrong} is not what the server sent")
    if not log:
        raise _damaged(path, f"{_LOG} is empty: without the log it cannot be used")


def _files(archive: Path) -> Iterator[tuple[str, tuple[int, str]]]:
    """Yield name, size and SHA-256 of each file, named as in the server's folder."""
    name = archive.name.removesuffix(".tar.gz")
    place = f"pg_tblspc/{name}/" if name.isdigit() else ""  # a tablespace has an archive of its own
    with tarfile.open(archive, "r:gz") as files:  # as a stream, Python takes pg_basebackup's log for empty
        for member in files:
            content = files.extractfile(member)
            if content is not None:
                digest = hashlib.sha256()
                while block := content.read(_BLOCK):
                    digest.update(block)
                yield place + member.name.removeprefix("./"), (member.size, digest.hexdigest())


def _damaged(path: Path, what: str) -> BackupDamaged:
    return BackupDamaged(f"{path}: {what}", service="backup")
