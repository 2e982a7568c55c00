"""Campaigns as tables on the terminal."""

from collections.abc import Sequence

from rich.console import Console
from rich.text import Text

from db.models import AssetEvent, RejectedAsset
from domain.assets import Campaign
from domain.filenames.faults import visible
from domain.operations import ways_from
from domain.status import Status
from entrypoints.asset_words import cannot_go_on, sent_back, stands
from entrypoints.campaign_view import CampaignView, Counted
from entrypoints.event_words import cells
from entrypoints.plain_table import table


def show_list(campaigns: Sequence[Counted], console: Console) -> None:
    """Print one line for each campaign."""
    rows = [(*_facts(each.campaign), str(each.masters), str(each.derivatives)) for each in campaigns]
    console.print(table(("number", "name", "type", "status", "masters", "derivatives"), rows))


def show_candidates(campaigns: Sequence[Campaign], console: Console) -> None:
    """Print the campaigns that a query matches, for somebody to choose from."""
    rows = [_facts(campaign) for campaign in campaigns]
    console.print(table(("number", "name", "type", "status"), rows))


def show_campaign(view: CampaignView, console: Console) -> None:
    """Print what a campaign is, where it may go, what its assets wait for, and what has happened to it."""
    for line in _head(view):
        console.print(line, markup=False, highlight=False)
    for stuck in view.stuck:
        console.print(Text(visible(cannot_go_on(stuck)), "bold red"), soft_wrap=True)
    masters = [(line.master.original_filename, line.master.tracking_id, line.waiting.sentence) for line in view.lines]
    if masters:
        console.print(table(("master", "tracking id", "waits for"), masters))
    derivatives = [
        (row.derivative_filename, row.tracking_id, stands(row)) for line in view.lines for row in line.derivatives
    ]
    if derivatives:
        console.print(table(("derivative", "tracking id", "where it is"), derivatives))
    if view.rejections:
        rejected = [(row.original_filename, row.tracking_id, said_of(row), sent_back(row)) for row in view.rejections]
        console.print(table(("rejected", "tracking id", "what was said", "where it is"), rejected))
    if view.events:
        console.print(
            table(("when (UTC)", "what", "tracking id", "who", "why"), [_event(event) for event in view.events])
        )


def said_of(row: RejectedAsset) -> str:
    """Return what reviewers said of a rejected asset."""
    said = [f"{verdict['reviewer']}: {verdict['comment'] or 'no comment'}" for verdict in row.verdicts]
    return "\n".join(said) or row.approval_status


def _head(view: CampaignView) -> list[str]:
    campaign = view.campaign
    lines = [f"{_number(campaign)} {campaign.name}: {campaign.type or 'without a type'}"]
    if campaign.global_campaign:
        lines.append(f"adapts {campaign.global_campaign}")
    if campaign.status in set(Status):
        lines.append(f"is {campaign.status}, {ways_from(Status(campaign.status))}")
    else:
        lines.append(f"has the status {campaign.status!r}, which is none of ours")
    if view.move is not None:
        move = view.move
        lines.append(f"{move.workflow} has planned to move it {move.from_status} → {move.to_status}")
    if not view.lines:
        lines.append("the database knows no master of it")
    return lines


def _event(event: AssetEvent) -> Sequence[str]:
    when, *rest = cells(event)
    return when, rest[0], event.tracking_id or "", *rest[1:]


def _facts(campaign: Campaign) -> Sequence[str]:
    return _number(campaign), campaign.name, campaign.type, campaign.status


def _number(campaign: Campaign) -> str:
    return campaign.number or f"no number (folder {campaign.folder_id})"
