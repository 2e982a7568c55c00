"""Backups of PostgreSQL with its own tools: pg_dump, pg_restore and pg_basebackup, and the folder that they lie in."""

from clients.backup.base import check_base, make_base
from clients.backup.dump import make_dump, restore_dump
from clients.backup.folder import BackupFolder
from clients.backup.landing import facts_of, sums_of
from clients.backup.manifest import read_manifest
from clients.backup.sums import check_sums
from clients.backup.tools import Server, find_tools

__all__ = [
    "BackupFolder",
    "Server",
    "check_base",
    "check_sums",
    "facts_of",
    "find_tools",
    "make_base",
    "make_dump",
    "read_manifest",
    "restore_dump",
    "sums_of",
]
