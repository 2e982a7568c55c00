"""Backups on the terminal."""

from collections.abc import Sequence
from datetime import UTC
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table
from rich.text import Text

from clients.backup import BackupFolder, facts_of, read_manifest
from domain.backups import Backup, Contents
from domain.errors import BackupDamaged
from domain.report import counted

if TYPE_CHECKING:
    from tasks.restoring import Exchange


def show_backups(backups: Sequence[Backup], folder: BackupFolder, console: Console) -> None:
    """Print the backups in a folder, the newest first, and where that is."""
    console.print(
        Text(f"{folder.root}: {counted(len(backups), 'backup')}" if backups else f"{folder.root}: no backup yet")
    )
    if not backups:
        return
    table = Table(box=None, padding=(0, 2, 0, 2))
    for heading in ("kind", "name", "made (UTC)", "MB", "holds"):
        table.add_column(heading, overflow="fold")
    for backup in reversed(backups):
        style = "" if backup.is_whole else "red"
        table.add_row(*(Text(cell, style=style) for cell in _cells(backup, folder)))
    console.print(table)


def show_exchange(exchange: "Exchange", where: str, console: Console) -> None:
    """Print what a restore would put in the place of what."""
    there = _side(exchange.there, "not there yet: it is made")
    lines = (
        f"database {exchange.database}, as {where}",
        f"  holds now:   {there}",
        f"  is to hold:  {_side(exchange.brought, 'not known: no manifest lies beside the dump')}",
        f"  from:        {exchange.path}",
    )
    for line in (*lines, *_changes(exchange)):
        console.print(Text(line), soft_wrap=True)


def _changes(exchange: "Exchange") -> list[str]:
    if exchange.there is None or exchange.brought is None:
        return []
    both = sorted({*exchange.there.rows, *exchange.brought.rows})
    return [
        f"    {table}: {exchange.there.rows.get(table, 'none')} → {exchange.brought.rows.get(table, 'none')} rows"
        for table in both
        if exchange.there.rows.get(table) != exchange.brought.rows.get(table)
    ]


def _cells(backup: Backup, folder: BackupFolder) -> Sequence[str]:
    made = f"{backup.made_at.astimezone(UTC):%Y-%m-%d %H:%M:%S}"
    return backup.kind, backup.name, made, backup.megabytes, _holding(backup, folder)


def _holding(backup: Backup, folder: BackupFolder) -> str:
    if not backup.is_whole:
        return "not whole: its size is not what was written down, or its checksum is gone"
    try:
        contents, _ = read_manifest(facts_of(folder.path(backup)))
    except BackupDamaged:  # deleted meanwhile
        return ""
    return contents.summary if contents.rows else "the whole server"


def _side(contents: Contents | None, otherwise: str) -> str:
    return contents.summary if contents is not None else otherwise
