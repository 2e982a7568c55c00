"""`content-scaling report`: the report of a day, in this terminal."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from domain.daily.window import window_until
from domain.errors import ConfigError
from entrypoints.cli.options import EnvFile
from entrypoints.console import open_console


def _check_since(since: str) -> str:
    try:
        window_until(datetime.now(UTC), since)
    except ConfigError as error:
        raise typer.BadParameter(error.faults[0].partition(": ")[2]) from None
    return since


Since = Annotated[
    str,
    typer.Option(
        help="How long the day is, such as 24h or 7d, or when it begins, such as 2026-03-01T19:00.",
        callback=_check_since,
    ),
]


def report(
    since: Since = "24h",
    env_file: EnvFile = None,
) -> None:
    """Show what was done, what went wrong, what waits for whom, and whether the numbers add up. Changes nothing.

    How runs went is read from Prefect where PREFECT_API_URL is set. Ends with 1 when the numbers do not add up.
    """
    console = open_console()
    from entrypoints.daily_table import show_day
    from entrypoints.daily_view import read_day

    day = read_day(since)
    show_day(day, console)
    raise typer.Exit(1 if day.differences else 0)
