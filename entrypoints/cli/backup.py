"""`content-scaling backup`: backups of the database made, looked at, tried and restored; Prefect need not run."""

from typing import Annotated

import typer

from entrypoints.cli.options import EnvFile
from entrypoints.console import open_console

backup = typer.Typer(help="Make, check and restore backups of the database.", no_args_is_help=True)

_File = "Name of a backup in BACKUP_DIR, or a path."


@backup.callback()
def _group() -> None:
    """Make, check and restore backups of the database."""


@backup.command("create")
def create(
    *,
    base: Annotated[bool, typer.Option("--base", help="Copy the whole server instead: a base backup.")] = False,
    env_file: EnvFile = None,
) -> None:
    """Make a backup now, then delete those that have had their time, as the schedule does."""
    console = open_console()
    from blocks.settings import load_settings

    settings = load_settings()
    from domain.backups import Kind
    from entrypoints.backup_desk import database_to_back_up
    from tasks.backups import make_backup, prune

    place = database_to_back_up(settings)
    made = make_backup(Kind.BASE if base else Kind.DUMP, place)
    console.print(f"made {made.summary}, in {place.folder.path(made).parent}", highlight=False, soft_wrap=True)
    for old in prune(place):
        console.print(f"deleted {old.name}", style="dim", highlight=False, soft_wrap=True)


@backup.command("list")
def list_all(env_file: EnvFile = None) -> None:
    """List the backups that there are. Changes nothing."""
    console = open_console()
    from blocks.settings import load_settings

    settings = load_settings()
    from clients.backup import BackupFolder
    from entrypoints.backup_table import show_backups

    folder = BackupFolder(settings.backup_folder)
    show_backups(folder.backups(), folder, console)


@backup.command("check")
def check(
    file: Annotated[
        str | None, typer.Argument(metavar="FILE", help=f"{_File} Left out: the newest dump.", show_default=False)
    ] = None,
    env_file: EnvFile = None,
) -> None:
    """Restore a dump into a scratch database and compare; of a base backup, every file is read.

    Fails when it is damaged or brings back something else, and when the newest dump is older than 26 hours.
    """
    console = open_console()
    from blocks.settings import load_settings

    settings = load_settings()
    from entrypoints.backup_desk import database_to_back_up, existing
    from tasks.backups import check_backup, newest_dump

    place = database_to_back_up(settings)
    path = existing(file, place.folder) if file is not None else newest_dump(place)
    console.print(check_backup(path, place).text, style="green", highlight=False, soft_wrap=True)


@backup.command("restore")
def restore(
    file: Annotated[str, typer.Argument(metavar="FILE", help=_File)],
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    force: Annotated[bool, typer.Option("--force", help="End the connections of others to the database.")] = False,
    drop_old: Annotated[
        bool, typer.Option("--drop-old", help="Drop the replaced database at the end; the safety dump remains.")
    ] = False,
    env_file: EnvFile = None,
) -> None:
    """Put a dump in the place of the database, after a y and a safety dump.

    It is restored beside the database first; then both change names at once, so what fails changes nothing. The
    database that was replaced is kept under a name that is told. Base backups: see docs/backups.md.
    """
    if force and drop_old:
        raise typer.BadParameter("not with --force: what others write meanwhile would be lost", param_hint="--drop-old")
    console = open_console()
    from blocks.settings import load_settings

    settings = load_settings()
    from blocks.backups import backup_place
    from blocks.bootstrap import block_from
    from blocks.database import PostgresDatabase
    from clients.backup import BackupFolder
    from entrypoints.backup_desk import bring_back, dump_to_restore, is_agreed
    from tasks.restoring import plan_restore

    path = dump_to_restore(file, BackupFolder(settings.backup_folder))
    place = backup_place(settings, block_from(settings, PostgresDatabase))
    exchange = plan_restore(path, place)
    if is_agreed(exchange, place, console, yes=yes, force=force):
        bring_back(exchange, place, console, force=force, drop_old=drop_old)
