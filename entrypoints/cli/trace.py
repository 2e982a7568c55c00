"""`content-scaling trace`: where an asset is, and what it waits for."""

from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from entrypoints.cli.options import EnvFile
from entrypoints.console import open_console

if TYPE_CHECKING:
    from rich.console import Console
    from sqlalchemy.orm import Session

    from domain.codes import Codes

_HELP = "Tracking id, file name (clean, as handed in, or the master's), asset id of the DAM, or campaign number."


def trace(named: Annotated[str, typer.Argument(metavar="ID-OR-NAME", help=_HELP)], env_file: EnvFile = None) -> None:
    """Show where an asset is: its derivatives, scores, rejections, every event, and what it waits for.

    Of a campaign, each asset and what it waits for. Asks the database alone. Changes nothing.
    Ends with 1 when nothing matches, or several assets do; those that are meant or near are listed.
    """
    console = open_console()
    from blocks.bootstrap import block_from
    from blocks.config_files import load_codes
    from blocks.database import PostgresDatabase
    from blocks.settings import load_settings

    settings = load_settings()
    codes = load_codes(settings.config_dir)
    with closing(block_from(settings, PostgresDatabase).get_client()) as store, store.transaction() as session:
        is_shown = _show(named, session, codes, console)
    raise typer.Exit(0 if is_shown else 1)


def _show(named: str, session: "Session", codes: "Codes", console: "Console") -> bool:
    """Print what is meant; False where that is nothing, or not one thing."""
    from db.repositories.events import events_of_asset
    from entrypoints.campaign_assets import read_campaign
    from entrypoints.passport import read_passport
    from entrypoints.trace_table import show_campaign_assets, show_matches, show_nothing, show_other_case, show_passport
    from entrypoints.tracing import look_up, nearest

    found, now = look_up(session, named, codes), datetime.now(UTC)
    if found.only_asset and (passport := read_passport(session, found.only_asset, now)):
        show_passport(passport, events_of_asset(session, found.only_asset), console)
        return True
    if found.only_campaign and (campaign := read_campaign(session, found.only_campaign, now)):
        show_campaign_assets(campaign, console)
        return True
    if found:
        show_matches(found, console)
        show_other_case(found, console)
        console.print("give the tracking id or the campaign number of the one that is meant", style="yellow")
    else:
        show_nothing(named, found, nearest(session, named, codes), console)
    return False
