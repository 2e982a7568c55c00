"""An operator at the terminal who restores a backup: shown what would be replaced, asked, and told what was done."""

from pathlib import Path

import typer
from rich.console import Console
from rich.text import Text

from blocks.backups import BackupPlace, backup_place
from blocks.bootstrap import block_from
from blocks.database import PostgresDatabase
from blocks.settings import Settings
from clients.backup import BackupFolder
from db.contents import contents_of
from db.databases import place_of
from db.migrate import head
from domain.errors import ConfigError
from entrypoints.backup_table import show_exchange
from tasks.restoring import Exchange, drop_kept, require_alone, restore


def database_to_back_up(settings: Settings) -> BackupPlace:
    """Return the database and its backups; raises ConfigError where the embedded one was never made."""
    block = block_from(settings, PostgresDatabase)
    if block.url is None and not (block.data_dir / "postgres").exists():
        raise ConfigError([f"no embedded PostgreSQL in {block.data_dir} yet: there is nothing to back up"])
    return backup_place(settings, block)


def existing(file: str, folder: BackupFolder) -> Path:
    """Return the backup that is meant; raises BadParameter where there is none."""
    path = folder.find(file)
    if not path.exists():
        raise typer.BadParameter(f"there is no {file}, nor has {folder.root} one of that name", param_hint="FILE")
    return path.absolute()


def dump_to_restore(file: str, folder: BackupFolder) -> Path:
    """Return the dump that is meant; raises BadParameter for a base backup."""
    path = existing(file, folder)
    if path.is_dir():
        reason = "is a base backup, which replaces a whole server and is put back by hand: see docs/backups.md"
        raise typer.BadParameter(f"{path.name} {reason}", param_hint="FILE")
    return path


def is_agreed(exchange: Exchange, place: BackupPlace, console: Console, *, yes: bool, force: bool) -> bool:
    """Show what would be replaced, and ask; raises StoreInUse where it is in use, unless `force`."""
    show_exchange(exchange, place_of(place.url), console)
    if not force:
        require_alone(place)
    if yes or typer.confirm(f"Replace {exchange.database}?"):
        return True
    console.print("nothing was changed")
    return False


def bring_back(exchange: Exchange, place: BackupPlace, console: Console, *, force: bool, drop_old: bool) -> None:
    """Restore, and say what is done and what is left to do."""

    def say(line: str) -> None:
        console.print(Text(line), soft_wrap=True)

    kept = restore(exchange, place, say, force=force)
    if kept is not None:
        say(_fate(kept, exchange, place, drop_old=drop_old))
    revision = contents_of(place.url).revision
    if revision != head():
        say(f"its schema is {revision or 'empty'}, not {head()}: run content-scaling setup before anything else")


def _fate(kept: str, exchange: Exchange, place: BackupPlace, *, drop_old: bool) -> str:
    if not drop_old:
        return f'the one before is kept as {kept}; once it is not needed: DROP DATABASE "{kept}"'
    if changes := drop_kept(kept, exchange, place):
        return f"the one before has changed meanwhile ({'; '.join(changes)}), so it is kept as {kept}"
    return "the one before was dropped"
