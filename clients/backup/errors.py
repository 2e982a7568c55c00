"""Turns what PostgreSQL's tools say when they fail into our errors; nothing else reads their words."""

import errno
import re
import signal
from pathlib import Path

from domain.errors import (
    BackupDamaged,
    ConfigError,
    ContentScalingError,
    ServiceUnavailable,
    StorageFull,
    StoreError,
    StoreUnavailable,
)
from domain.filenames.faults import visible
from domain.masking import mask

_SHOWN = 300
"""Characters of a tool's own words that an error repeats."""

# Only these lines: details and contexts quote rows.
_TOLD = re.compile(r"^.*\b(?:error|fatal|ERROR|FATAL|PANIC): +(?P<reason>.*)$", re.MULTILINE)

_REPLICATION = re.compile(r"replication connection|WAL sender|max_wal_senders|replication slot")
_NO_ROOM = re.compile(r"No space left on device|Disk quota exceeded")
_CONNECTION = re.compile(
    r"connection to server|could not connect|closed the connection|terminating connection|could not translate host"
    r"|the database system is|could not receive data|lost synchronization"
)
_ARCHIVE = re.compile(
    r"valid archive|end of file|could not uncompress|could not read from input|could not find block|unsupported version"
    r"|did not find magic|archive header|unrecognized data block|corrupt"
)
_ROLE = re.compile(r'role "(?P<role>[^"]+)" does not exist')

_ALLOW = (
    "a base backup needs a role that may replicate (ALTER ROLE ... REPLICATION), a line for `replication` in"
    " pg_hba.conf, and max_wal_senders of 2 or more; dumps do without"
)


def tool_error(tool: str, code: int, said: str, folder: Path) -> ContentScalingError:
    """Return our error for a tool's: its exit code, what it wrote to stderr, the folder that it worked in."""
    if code < 0:
        return ServiceUnavailable(f"{tool} was stopped by {_signal(-code)}; nothing was kept", service=tool)
    if _NO_ROOM.search(said):
        return no_room(folder) if tool != "pg_restore" else StoreError("the database server's disk has no room left")
    reason = _reason(said)
    if _REPLICATION.search(said):
        return StoreError(f"{tool} may not copy the server ({reason}): {_ALLOW}")
    if _CONNECTION.search(said):
        return StoreUnavailable(f"{tool}: the tracking database did not answer: {reason}")
    return _restore_error(said, reason) if tool == "pg_restore" else StoreError(f"{tool} failed: {reason}")


def folder_error(error: OSError, folder: Path) -> ContentScalingError:
    """Return our error for one of the system's about the folder of the backups."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return no_room(folder)
    return ConfigError([f"BACKUP_DIR: {folder} cannot be used ({error.strerror or error})"])


def no_room(folder: Path) -> StorageFull:
    """Return the error of a disk that is full."""
    return StorageFull(
        f"the disk of {folder} has no room left for a backup; nothing was kept of it. Free space there, or let"
        " BACKUP_DIR name a folder on another disk",
        service="backup folder",
    )


def _restore_error(said: str, reason: str) -> ContentScalingError:
    if role := _ROLE.search(said):
        advice = f'make it (CREATE ROLE "{role["role"]}") and restore again'
        return StoreError(f"the backup names the role {role['role']}, which this server does not have; {advice}")
    if _ARCHIVE.search(said):
        return BackupDamaged(f"pg_restore cannot read the backup: {reason}", service="backup")
    return StoreError(f"pg_restore failed: {reason}")


def _reason(said: str) -> str:
    told = dict.fromkeys(match["reason"].strip() for match in _TOLD.finditer(said))
    return visible(mask("; ".join(told)))[:_SHOWN] or "it does not say why"


def _signal(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
