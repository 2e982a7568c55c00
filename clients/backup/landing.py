"""How a backup comes into its folder: under a name of its own first, and under that of a backup when it is whole.

What is being made has a lock (flock(2)) that ends with its maker, so that the next one knows what a dead one has left.
The checksums and the manifest of a dump come before it, so that it is never without them.
"""

import fcntl
import os
import secrets
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from clients.backup.errors import folder_error
from domain.backups import Backup

PARTIAL = ".partial-"

_SUMS, _FACTS = ".sha256", ".json"
_SECOND = timedelta(seconds=1)


def sums_of(path: Path) -> Path:
    """Return where a backup's checksums are: in a base backup, beside a dump."""
    return path / "SHA256SUMS" if _is_base(path) else path.with_name(path.name + _SUMS)


def facts_of(path: Path) -> Path:
    """Return where a backup's manifest is: in a base backup, beside a dump."""
    return path / "facts.json" if _is_base(path) else path.with_name(path.name + _FACTS)


@contextmanager
def usable(folder: Path) -> Iterator[None]:
    """Raise our error for any of the system's about this folder."""
    try:
        yield
    except OSError as error:
        raise folder_error(error, folder) from None


@contextmanager
def landing(folder: Path, *, is_folder: bool) -> Iterator[tuple[Path, int]]:
    """Give a private place for a backup that is being made, and the handle of its lock; what is left there goes.

    The handle of a file can be written to. Removes what dead processes have left before.
    """
    with usable(folder):
        for each in (folder.parent, folder):
            each.mkdir(mode=0o700, parents=True, exist_ok=True)
            each.chmod(0o700)
        path = folder / f"{PARTIAL}{secrets.token_hex(8)}"
        with held(folder):
            _sweep(folder)
            handle = _made(path, is_folder=is_folder)
        try:
            yield path, handle
        finally:
            _remove(path)
            os.close(handle)


def settle(partial: Path, backup: Backup, texts: Callable[[Path], Mapping[Path, str]]) -> Backup:
    """Give what was made the name of the backup, of a later second where there is one of its name.

    `texts` returns what is to lie beside it, for its path.
    """
    folder = partial.parent
    with held(folder):
        while (target := folder / backup.name).exists():
            backup = replace(backup, made_at=backup.made_at + _SECOND)
        for path, text in texts(target).items():
            write_private(path, text)
        partial.rename(target)
        _sync(folder)
    return backup


def write_private(path: Path, text: str) -> None:
    """Write a file that only this user can read, down to the disk."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(handle)


def _made(path: Path, *, is_folder: bool) -> int:
    if is_folder:
        path.mkdir(mode=0o700)
    handle = os.open(path, os.O_RDONLY) if is_folder else os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    fcntl.flock(handle, fcntl.LOCK_EX)
    return handle


def leftovers(folder: Path, *, dry_run: bool = False) -> list[Path]:
    """Remove what dead processes have left in a folder of backups, and return it; a dry run only returns it."""
    with usable(folder):
        if not folder.is_dir():
            return []
        with held(folder):
            return _sweep(folder, dry_run=dry_run)


def _sweep(folder: Path, *, dry_run: bool = False) -> list[Path]:
    return [path for path in sorted(folder.iterdir()) if _is_left(path) and _remove_if_left(path, dry_run=dry_run)]


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """Wait until nobody else holds the folder, and hold it.

    Of the folder of all backups: nobody puts anything there, or takes leftovers out. Of one backup, under whatever
    name: nobody takes it for a leftover while its end is being made.
    """
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _is_left(path: Path) -> bool:
    if path.suffix in (_SUMS, _FACTS):  # of a dump that did not come, or is gone
        return not path.with_suffix("").exists()
    return path.name.startswith(PARTIAL)


def _remove_if_left(path: Path, *, dry_run: bool) -> bool:
    # NFS locks a file exclusively only where it is open for writing; a folder cannot be, and its lock is a local one.
    mode = os.O_RDONLY if path.is_dir() else os.O_RDWR
    handle = os.open(path, mode | os.O_NOFOLLOW)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if not dry_run:
            _remove(path)
    except BlockingIOError:
        return False
    finally:
        os.close(handle)
    return True


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _is_base(path: Path) -> bool:
    return path.suffix == ".base" or path.is_dir()
