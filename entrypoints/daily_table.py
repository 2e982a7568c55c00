"""The report of a day as tables on the terminal."""

from collections.abc import Iterable, Sequence
from datetime import UTC

from rich.console import Console
from rich.table import Table
from rich.text import Text

from domain.daily.balance import Balance
from domain.daily.model import CampaignDay, DailyReport, ErrorLine, Slot, WaitingGroup, Who
from domain.daily.window import lasted
from domain.daily.words import assets_of, campaign_label, campaigns_of, done_to, runs_of

_LEVELS = " ▁▂▃▄▅▆▇█"
_NAMED = 5


def show_day(report: DailyReport, console: Console) -> None:
    """Print the report, what does not add up first."""
    window = report.window
    spelled = f"{window.since.astimezone(UTC):%Y-%m-%d %H:%M} to {window.until.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    console.print(Text(report.headline, style="bold"), Text(spelled, style="dim"))
    if report.left_out is not None:
        console.print(Text(report.left_out, style="yellow"))
    for each in report.differences:
        console.print(Text(f"does not add up: {each.what}. It may mean: {each.meaning}.", style="red"))
    console.print(Text(f"done, by hour of the window: [{sparkline(report.activity)}]"), highlight=False)
    _show(console, "Workflows", ("workflow", "runs", "campaigns", "assets", "success"), _workflows(report))
    _show(console, "Errors", ("when (UTC)", "what", "why", "run"), (_error(each) for each in report.errors))
    for who in Who:
        waiting = (_group(group, report) for group in report.waiting_for(who))
        _show(console, f"Waiting for: {who}", ("for", "campaign", "what", "which"), waiting)
    heads = ("campaign", "status", "what", "masters in Box", "files in the DAM", "under way")
    _show(console, "Campaigns to which something happened", heads, (_campaign(day) for day in report.campaigns))
    scores = ((each.filename, each.score, each.previous or "", each.state) for each in report.scores)
    _show(console, "CreativeX scores that were read", ("asset", "score", "was", "state"), scores)
    balances = (_balance(each) for each in (*report.campaign_balances, *report.asset_balances))
    _show(console, "Where everything stands", ("", "before", "+", "−", "now", ""), balances)


def sparkline(slots: Sequence[Slot]) -> str:
    """Return how much was done, one character for each part of the window; what is not nothing is seen."""
    most = max((slot.done for slot in slots), default=0)
    return "".join(_LEVELS[-(-slot.done * (len(_LEVELS) - 1) // most)] if most else " " for slot in slots)


def _workflows(report: DailyReport) -> Iterable[Sequence[str]]:
    for day in report.workflows:
        if not day.is_idle:
            yield day.workflow, runs_of(day), campaigns_of(day) or "", assets_of(day) or "", day.success_rate or ""


def _error(error: ErrorLine) -> Sequence[str]:
    return f"{error.at.astimezone(UTC):%Y-%m-%d %H:%M}", error.subject, error.reason, error.url or ""


def _group(group: WaitingGroup, report: DailyReport) -> Sequence[str]:
    named = [f"{item.asset} ({item.tracking_id})" if item.tracking_id else item.asset for item in group.items]
    names = [name for name in named if name]
    more = [f"and {len(names) - _NAMED} more"] if len(names) > _NAMED else []
    campaign = campaign_label(group.campaign_number, report) or ""
    return lasted(group.since, report.window.until), campaign, group.what, "\n".join([*names[:_NAMED], *more])


def _campaign(day: CampaignDay) -> Sequence[str]:
    moves = [f"{move.origin or '?'} → {move.target or 'gone'} by {move.by}" for move in day.moves]
    what = "\n".join([*([", ".join(done_to(day))] if day.events else []), *moves])
    masters = f"{day.masters_delivered} of {day.masters}" if day.masters else ""
    return (
        f"{day.number} {day.name}",
        day.now or "",
        what,
        masters,
        str(day.derivatives_home),
        str(day.derivatives_open),
    )


def _balance(each: Balance) -> Sequence[str]:
    said = "does not add up" if each.difference else ""
    return each.name, str(each.opening), str(each.came), str(each.went), str(each.closing), said


def _show(console: Console, title: str, headings: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    table = Table(box=None, padding=(0, 2, 0, 2))
    for heading in headings:
        table.add_column(heading, overflow="fold")
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    if table.row_count:
        console.print(Text(title, style="bold"))
        console.print(table)
