"""Dumps of one database: pg_dump's custom format, which is compressed and which pg_restore reads.

https://www.postgresql.org/docs/current/app-pgdump.html
"""

import hashlib
import os
from dataclasses import replace
from pathlib import Path
from typing import IO

from clients.backup.folder import BackupFolder
from clients.backup.landing import facts_of, landing, settle, sums_of
from clients.backup.manifest import manifest_text
from clients.backup.running import run, running
from clients.backup.sums import sums_text
from clients.backup.tools import Server, find_tools
from domain.backups import Backup, Contents

_BLOCK = 1024 * 1024
_LOCK_WAIT = "60s"
"""A migration that holds a table is waited for; then the dump fails, rather than wait for ever."""


def make_dump(server: Server, folder: BackupFolder, backup: Backup, contents: Contents, snapshot: str) -> Backup:
    """Dump the server's database as it is in a snapshot that is held open, and which has these contents.

    Raises ConfigError without tools, StorageFull, or the error of pg_dump; none leaves anything behind.
    """
    program = find_tools(server.version) / "pg_dump"
    options = ["--format=custom", f"--snapshot={snapshot}", f"--lock-wait-timeout={_LOCK_WAIT}", "--no-password"]
    with landing(folder.root / backup.kind.folder, is_folder=False) as (partial, handle):
        with running(program, [*options, server.argument()], server, partial.parent) as output:
            digest, size = _copy(output, handle)
        os.fsync(handle)

        def beside(path: Path) -> dict[Path, str]:
            facts = manifest_text(contents, size)
            digests = {path.name: digest, facts_of(path).name: hashlib.sha256(facts.encode()).hexdigest()}
            return {facts_of(path): facts, sums_of(path): sums_text(digests)}

        return settle(partial, replace(backup, size_bytes=size), beside)


def restore_dump(server: Server, database: str, path: Path) -> None:
    """Fill an empty database from a dump; stops at the first error."""
    program = find_tools(server.version) / "pg_restore"
    run(program, ["--exit-on-error", "--no-password", server.argument(database), path], server, path.parent)


def _copy(source: IO[bytes], handle: int) -> tuple[str, int]:
    """Write everything that comes; return its SHA-256, of the bytes before they met a disk, and its size."""
    digest, size = hashlib.sha256(), 0
    while block := source.read(_BLOCK):
        digest.update(block)
        size += len(block)
        view = memoryview(block)
        while view:
            view = view[os.write(handle, view) :]
    return digest.hexdigest(), size
