"""A run's report as tables on the terminal."""

import json
from collections.abc import Sequence

from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from domain.report import AssetOutcome, CampaignOutcome, Outcome, RunReport

_COLOURS = {
    Outcome.DELIVERED: "green",
    Outcome.READ: "green",
    Outcome.REVIEW: "yellow",
    Outcome.ALREADY: "dim",
    Outcome.PLANNED: "cyan",
    Outcome.LEFT: "dim",
    Outcome.GONE: "yellow",
    Outcome.REPLACED: "dim",
    Outcome.FAILED: "red",
}


def show_report(report: RunReport, console: Console) -> None:
    """Print what a dry run would tell the DAM, every campaign with its assets, then the headline."""
    for asset in report.assets:
        if asset.representation is not None:
            console.print(f"[bold]{escape(asset.path)}[/] would be described so:")
            console.print_json(json.dumps(asset.representation), ensure_ascii=False)
    for campaign in report.campaigns:
        console.print(_title(campaign, dry_run=report.dry_run))
        if campaign.assets:
            console.print(_table(campaign.assets, report.destination))
    if report.files:
        console.print(f"[bold]{report.files_are}[/]")
        console.print(_table(report.files, report.destination))
    for line in report.parked:
        console.print(f"[red]given up on:[/] {escape(line)}")
    console.print(f"{report.workflow}: {escape(report.headline)}", style="bold", highlight=False)


def _title(campaign: CampaignOutcome, *, dry_run: bool) -> str:
    head = f"[bold]{escape(campaign.number)}[/] {escape(campaign.name)}: "
    note = escape(campaign.note or "")
    if campaign.failure is not None:
        return head + f"[red]{escape(campaign.failure.reason)}[/] {escape(campaign.failure.advice)}"
    if dry_run or campaign.is_watched:
        return head + (f"[cyan]{note}[/]" if dry_run else note)
    if campaign.moved:
        what = f"[green]moved {campaign.origin} → {campaign.target}[/]"
    else:
        what = f"[yellow]does not move on to {campaign.target}[/]"
    return head + what + (f": {note}" if note else "")


def _table(assets: Sequence[AssetOutcome], destination: str) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 2))
    for heading in ("asset", "outcome", "tracking id", f"in {destination} or why not"):
        table.add_column(heading, overflow="fold")
    for asset in assets:
        failure = asset.failure
        why = f"{failure.reason} {failure.advice}" if failure is not None else asset.target_name or ""
        why = "\n".join((why, *(f"look at this: {warning}" for warning in asset.warnings)))
        colour = _COLOURS[asset.outcome]
        table.add_row(Text(asset.path), f"[{colour}]{asset.outcome}[/]", asset.tracking_id or "", Text(why))
    return table
