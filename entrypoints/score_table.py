"""Histories of scores on the terminal."""

from collections.abc import Sequence
from datetime import UTC

from rich.console import Console
from rich.table import Table
from rich.text import Text

from db.models import CreativexScore, DerivativeAsset
from db.repositories.scores import master_of
from entrypoints.asset_words import score_state, score_value
from entrypoints.score_view import History

_STYLES = {"active": "green", "needs review": "yellow", "superseded": "dim"}


def show_histories(histories: Sequence[History], console: Console) -> None:
    """Print each history as a table, and what of it is in the DAM."""
    for history in histories:
        console.print(Text(history.name, style="bold"), soft_wrap=True)
        console.print(_table(history.scores))
        for row in history.derivatives:
            console.print(Text(f"  {in_the_dam(row)}"), soft_wrap=True)


def show_nearest(name: str, nearest: Sequence[str], console: Console) -> None:
    """Say that no score of a name is known, and which names are like it."""
    console.print(Text(f"no score of {name} is known", style="yellow"), soft_wrap=True)
    for each in nearest:
        console.print(Text(f"  nearest: {each}"), soft_wrap=True)


def in_the_dam(row: DerivativeAsset) -> str:
    """Return which score the DAM holds of a derivative."""
    if row.dam_asset_id is None:
        return f"{row.tracking_id}: the file has not come home yet; the score goes along when it does"
    score = f"with score {row.creativex_score}" if row.creativex_score is not None else "without a score"
    return f"{row.tracking_id}: the file is in the DAM {score}, asset {row.dam_asset_id}"


def _table(scores: Sequence[CreativexScore]) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 2))
    for heading in ("version", "score", "state", "read (UTC)", "CreativeX id", "scorecard"):
        table.add_column(heading, overflow="fold")
    for row in scores:
        table.add_row(*(Text(cell, style=_STYLES.get(row.status, "")) for cell in _cells(row)))
    return table


def _cells(row: CreativexScore) -> Sequence[str]:
    read = f"{row.extracted_at.astimezone(UTC):%Y-%m-%d %H:%M}"
    whose = f" {master}" if (master := master_of(row)) is not None else ""
    return (
        str(row.version),
        score_value(row),
        f"{score_state(row)}{whose}",
        read,
        row.creativex_id or "",
        row.creativex_url or "",
    )
