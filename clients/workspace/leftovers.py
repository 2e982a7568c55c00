"""Names, locks and ends of working folders: which are whose, and which nobody uses any more.

The name says who made a folder and when; whether its maker still lives, the lock on the folder says (flock(2)), which
the system takes away with the process. A process id alone would not do: it is used again, in containers at once.
"""

import fcntl
import logging
import os
import re
import secrets
import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

logger = logging.getLogger(__name__)

_TIME = "%Y%m%dT%H%M%SZ"
_NAME = re.compile(r"work-\d+-(\d{8}T\d{6}Z)-[0-9a-f]{16}", re.ASCII)


def new_name(now: datetime) -> str:
    """Return a name that no other folder has: process id, start, random."""
    return f"work-{os.getpid()}-{now.astimezone(UTC).strftime(_TIME)}-{secrets.token_hex(8)}"


def started_at(name: str) -> datetime | None:
    """Return when a working folder of that name was made; None where the name is not one of ours.

    >>> started_at("work-7-20260301T080000Z-0123456789abcdef"), started_at("work-of-others")
    (datetime.datetime(2026, 3, 1, 8, 0, tzinfo=datetime.timezone.utc), None)
    """
    match = _NAME.fullmatch(name)
    if match is None:
        return None
    try:
        return datetime.strptime(match.group(1), _TIME).replace(tzinfo=UTC)
    except ValueError:  # no such day
        return None


def lock(folder: Path) -> int | None:
    """Return a handle that holds the folder's lock until it is closed; None where another one holds it.

    Raises OSError where the folder is gone, or its file system has no locks.
    """
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        return None
    except OSError:
        os.close(handle)
        raise
    return handle


def remove(folder: Path) -> bool:
    """Delete a folder with all it holds, as far as that goes; tell whether it is gone."""
    shutil.rmtree(folder, ignore_errors=True)
    gone = not folder.exists()
    if not gone:
        logger.warning("%s could not be removed; it is tried again when leftovers are swept", folder)
    return gone


def left(root: Path, *, older_than: timedelta, now: datetime) -> list[Path]:
    """Return the working folders of dead processes that are older than that; `sweep` would delete them."""
    return [folder for folder in _old(root, older_than, now) if _unless_in_use(folder, lambda _: True)]


def sweep(root: Path, *, older_than: timedelta, now: datetime) -> list[Path]:
    """Delete the working folders of dead processes that are older than that; return those that are gone."""
    return [folder for folder in _old(root, older_than, now) if _unless_in_use(folder, remove)]


def _old(root: Path, older_than: timedelta, now: datetime) -> list[Path]:
    folders = sorted(root.iterdir()) if root.is_dir() else []
    return [folder for folder in folders if (made := started_at(folder.name)) is not None and now - made > older_than]


def _unless_in_use(folder: Path, do: Callable[[Path], bool]) -> bool:
    """Do something about a folder while nobody else can take it; False where somebody has."""
    try:
        handle = lock(folder)
    except OSError:  # gone meanwhile, not a folder, or not ours
        return False
    if handle is None:
        return False
    try:
        return do(folder)
    finally:
        os.close(handle)
