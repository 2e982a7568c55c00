"""The report of a day as Markdown, for the Artifacts tab of Prefect: everything, where the mail stops."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from domain.daily.balance import Balance
from domain.daily.model import CampaignDay, DailyReport, ErrorLine, WaitingGroup, Who
from domain.daily.window import lasted
from domain.daily.words import assets_of, campaign_label, campaigns_of, done_to, runs_of
from tasks.report_markdown import cell

_MOST = 500
"""Lines of one table: an artifact of a bad day is to open all the same."""


def day_markdown(report: DailyReport) -> str:
    """Return the whole report, with links to the runs that failed."""
    window = report.window
    lines = [f"# Daily report: {report.headline}", "", f"{clock(window.since)} to {clock(window.until)}.", ""]
    if report.left_out is not None:
        lines += [f"**Without Prefect's run history.** {cell(report.left_out)}", ""]
    if report.differences:
        lines += ["## The numbers do not add up", ""]
        lines += [f"- **{cell(each.what)}**. It may mean: {cell(each.meaning)}." for each in report.differences] + [""]
    lines += _workflows(report)
    lines += _table("Errors", ("when", "what", "why", "run"), [_error(each, report) for each in report.errors])
    for who in Who:
        groups = [_group(group, report) for group in report.waiting_for(who)]
        lines += _table(f"Waiting for: {who}", ("for", "campaign", "what", "which"), groups)
    lines += _table(
        "Campaigns to which something happened",
        ("campaign", "status", "what", "masters in Box", "files in the DAM", "under way"),
        [_campaign(day) for day in report.campaigns],
    )
    lines += _table(
        "CreativeX scores that were read",
        ("asset", "score", "was", "state"),
        [(cell(each.filename), each.score, each.previous or "", each.state) for each in report.scores],
    )
    heads = ("", "before", "+", "−", "now", "")
    balances = [*report.campaign_balances, *report.asset_balances]
    return "\n".join([*lines, *_table("Where everything stands", heads, [_balance(each) for each in balances])])


def clock(moment: datetime) -> str:
    """Return a moment for people.

    >>> clock(datetime(2026, 3, 2, 18, 5, tzinfo=UTC))
    '2026-03-02 18:05 UTC'
    """
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def _workflows(report: DailyReport) -> list[str]:
    rows = [
        (f"**{day.workflow}**", runs_of(day), campaigns_of(day) or "", assets_of(day) or "", day.success_rate or "")
        for day in report.workflows
        if not day.is_idle
    ]
    return _table("Workflows", ("workflow", "runs", "campaigns", "assets", "success"), rows)


def _error(error: ErrorLine, report: DailyReport) -> tuple[str, ...]:
    place = ", ".join(part for part in (error.workflow, campaign_label(error.campaign_number, report)) if part)
    what = f"{cell(error.subject)}<br>{cell(place)}" if place else cell(error.subject)
    return clock(error.at), what, cell(error.reason), f"[open]({error.url})" if error.url else ""


def _group(group: WaitingGroup, report: DailyReport) -> tuple[str, ...]:
    named = [f"{item.asset} ({item.tracking_id})" if item.tracking_id else item.asset for item in group.items]
    which = "<br>".join(cell(name) for name in named if name)
    campaign = cell(campaign_label(group.campaign_number, report) or "")
    return lasted(group.since, report.window.until), campaign, cell(group.what), which


def _campaign(day: CampaignDay) -> tuple[str, ...]:
    moves = [f"{move.origin or '?'} → {move.target or 'gone'} by {cell(move.by)}" for move in day.moves]
    what = "<br>".join([*([", ".join(done_to(day))] if day.events else []), *moves])
    masters = f"{day.masters_delivered} of {day.masters}" if day.masters else ""
    name = f"{cell(day.number)} {cell(day.name)}"
    return name, day.now or "", what, masters, str(day.derivatives_home), str(day.derivatives_open)


def _balance(each: Balance) -> tuple[str, ...]:
    said = "**does not add up**" if each.difference else ""
    return cell(each.name), str(each.opening), str(each.came), str(each.went), f"**{each.closing}**", said


def _table(title: str, headings: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    found = list(rows)
    if not found:
        return []
    head = [f"| {' | '.join(headings)} |", f"|{'---|' * len(headings)}"]
    more = [f"… and {len(found) - _MOST} more", ""] if len(found) > _MOST else []
    return [f"## {title}", "", *head, *(f"| {' | '.join(row)} |" for row in found[:_MOST]), "", *more]
