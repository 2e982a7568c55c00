"""This machine: ffprobe, and room on its disks."""

import shutil
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from blocks.settings import Settings
from clients.backup import BackupFolder
from clients.video import ffprobe_version
from domain.backups import Kind
from entrypoints.checks.verdict import Found, Verdict, attempt

_MEGABYTE = 1024 * 1024
_LEAST_FOR_BACKUPS = 1024 * _MEGABYTE
_DUMPS_AT_ONCE = 2
"""The next dump is written before an old one goes, and a restore makes one more."""


def check_machine(settings: Settings) -> Iterator[Verdict]:
    """Yield the verdicts on the machine that this runs on, which is a worker's where it is to say anything."""
    yield attempt("video", "the installation of ffmpeg", _video)
    yield attempt("disk for work", "WORK_DIR", partial(_work_room, settings))
    yield attempt("disk for backups", "BACKUP_DIR", partial(_backup_room, settings))


def _video() -> Found:
    version = ffprobe_version()
    return Found(f"ffprobe {version}", details={"version": version})


def _work_room(settings: Settings) -> Found:
    advice = "free some, or lower WORK_BUDGET_MB"
    return _room(settings.work_folder.absolute(), settings.work_budget_mb * _MEGABYTE, "WORK_BUDGET_MB", advice)


def _backup_room(settings: Settings) -> Found:
    root = settings.backup_folder
    dumps = (backup for backup in BackupFolder(root).backups() if backup.kind is not Kind.BASE)
    largest = max((dump.size_bytes for dump in dumps), default=0)
    wanted = max(_DUMPS_AT_ONCE * largest, _LEAST_FOR_BACKUPS)
    return _room(root, wanted, "what backups need", "free some, or let BACKUP_DIR be on another disk")


def _room(folder: Path, wanted: int, what: str, advice: str) -> Found:
    # The folder is made when it is first needed; until then, what is above it says on which disk it will be.
    there = next(place for place in (folder, *folder.parents) if place.exists())
    free = shutil.disk_usage(there).free
    text = f"{free // _MEGABYTE} MB are free for {folder}"
    warnings = [f"{text}, less than {what} ({wanted // _MEGABYTE} MB): {advice}"] if free < wanted else []
    details = {"folder": str(folder), "free_bytes": free, "wanted_bytes": wanted}
    return Found("" if warnings else text, warnings=warnings, details=details)
