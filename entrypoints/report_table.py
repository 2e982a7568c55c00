"""A run's report as tables on the terminal."""

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from domain.report import CampaignOutcome, Outcome, RunReport

_COLOURS = {Outcome.DELIVERED: "green", Outcome.ALREADY: "dim", Outcome.PLANNED: "cyan", Outcome.FAILED: "red"}


def show_report(report: RunReport, console: Console) -> None:
    """Print every campaign with its assets, then the headline."""
    for campaign in report.campaigns:
        console.print(_title(campaign, dry_run=report.dry_run))
        if campaign.assets:
            console.print(_assets(campaign))
    for line in report.parked:
        console.print(f"[red]given up on:[/] {escape(line)}")
    console.print(f"{report.workflow}: {escape(report.headline)}", style="bold", highlight=False)


def _title(campaign: CampaignOutcome, *, dry_run: bool) -> str:
    head = f"[bold]{escape(campaign.number)}[/] {escape(campaign.name)}: "
    note = escape(campaign.note or "")
    if campaign.failure is not None:
        return head + f"[red]{escape(campaign.failure.reason)}[/] {escape(campaign.failure.advice)}"
    if dry_run:
        return head + f"[cyan]{note}[/]"
    if campaign.moved:
        what = f"[green]moved {campaign.origin} → {campaign.target}[/]"
    else:
        what = f"[yellow]stays in {campaign.origin}[/]"
    return head + what + (f": {note}" if note else "")


def _assets(campaign: CampaignOutcome) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 2))
    for heading in ("asset", "outcome", "tracking id", "in Box or why not"):
        table.add_column(heading, overflow="fold")
    for asset in campaign.assets:
        failure = asset.failure
        why = f"{failure.reason} {failure.advice}" if failure is not None else asset.box_name or ""
        colour = _COLOURS[asset.outcome]
        table.add_row(escape(asset.path), f"[{colour}]{asset.outcome}[/]", asset.tracking_id or "", escape(why))
    return table
