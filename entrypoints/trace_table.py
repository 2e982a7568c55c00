"""Passports on the terminal, and what is shown where no passport or several are meant."""

from collections.abc import Iterator, Sequence

from rich.console import Console
from rich.text import Text

from db.models import AssetEvent, CreativexScore, DerivativeAsset, RejectedAsset
from domain.filenames.faults import visible
from domain.waiting import Wait, moment
from entrypoints.asset_words import (
    came_of,
    cannot_go_on,
    delivery,
    said,
    score_state,
    score_value,
    sent_back,
    stands,
    tried_again,
)
from entrypoints.campaign_assets import CampaignAssets
from entrypoints.event_words import cells
from entrypoints.passport import Passport
from entrypoints.plain_table import table
from entrypoints.tracing import MOST_MATCHES, Found, Nearest

_DERIVATIVE = ("derivative", "where it is", "what came of it", "uploaded", "tried again")
_SCORE = ("scored", "version", "score", "state", "read")
_REJECTION = ("rejected", "what was said", "where it is", "since")
_EVENT = ("when (UTC)", "what", "who", "why")
_STYLES = {Wait.FAILED: "bold red", Wait.REJECTED: "bold yellow", Wait.REVIEW: "bold yellow", Wait.DONE: "green"}


def show_passport(passport: Passport, events: Sequence[AssetEvent], console: Console) -> None:
    """Print everything that is known of an asset, what it waits for first."""
    console.print(Text(f"{passport.master.original_filename}  {passport.master.tracking_id}", "bold"), soft_wrap=True)
    console.print(Text(passport.waiting.sentence, _STYLES.get(passport.waiting.kind, "")), soft_wrap=True)
    for line in _facts(passport):
        console.print(Text(line), soft_wrap=True)
    _show(_DERIVATIVE, [_derivative(row) for row in passport.derivatives], console)
    _show(_SCORE, [_score(row) for row in passport.scores], console)
    _show(_REJECTION, [_rejection(row) for row in passport.rejections], console)
    _show(_EVENT, [cells(event) for event in events], console)


def show_campaign_assets(campaign: CampaignAssets, console: Console) -> None:
    """Print a campaign's assets, and what each waits for."""
    since = f", {campaign.status} since {moment(campaign.stay.created_at)}" if campaign.stay is not None else ""
    console.print(Text(f"{campaign.number} {campaign.name}{since}", "bold"), soft_wrap=True)
    for each in campaign.stuck:
        console.print(Text(visible(cannot_go_on(each)), _STYLES[Wait.FAILED]), soft_wrap=True)
    rows = [(line.master.tracking_id, line.master.original_filename, line.waiting.sentence) for line in campaign.lines]
    if not rows:
        console.print("the database knows no master of it")
    _show(("tracking id", "master", "waits for"), rows, console)


def show_matches(found: Found, console: Console) -> None:
    """Print what may be meant, for somebody to choose from."""
    _show_refusals(found, console)
    rows = [
        (each.tracking_id, each.name, f"{each.campaign_number} {each.campaign_name}".strip(), each.found_as)
        for each in found.assets
    ]
    _show(("tracking id", "master", "campaign", "found by"), rows, console)
    _show(("campaign", "name"), [(each.number, each.name) for each in found.campaigns], console)
    if found.total > len(found.assets):
        more = "" if found.is_exact else "; give more of the name"
        console.print(f"these are the newest {len(found.assets)} of {found.total} assets{more}", style="yellow")
    if len(found.campaigns) == MOST_MATCHES:
        console.print(f"there may be more campaigns than these {MOST_MATCHES}", style="yellow")


def show_nothing(text: str, found: Found, nearest: Nearest, console: Console) -> None:
    """Say that nothing has this id or name, or that files of this name were refused, and what is near it."""
    _show_refusals(found, console)
    if not found.refusals:
        console.print(Text(f"nothing is known under {text!r}", "yellow"), soft_wrap=True)
    show_other_case(found, console)
    near = [each for each in (*nearest.tracking_ids, *nearest.names) if each not in found.other_case]
    for each in near:
        console.print(Text(f"  nearest: {each}"), soft_wrap=True)


def show_other_case(found: Found, console: Console) -> None:
    """Say which tracking ids differ in case only: they are others."""
    for each in found.other_case:
        text = f"{each} is a tracking id: capitals and small letters are not the same in those"
        console.print(Text(text, "yellow"), soft_wrap=True)


def _show_refusals(found: Found, console: Console) -> None:
    for each in found.refusals:
        for line in f"{each.name} was refused {moment(each.at)}: {each.reason}".splitlines():
            console.print(Text(visible(line), "yellow"), soft_wrap=True)


def _facts(passport: Passport) -> Iterator[str]:
    master, stay = passport.master, passport.stay
    name = stay.campaign_name if stay is not None else master.campaign_name or ""
    since = f", {stay.status} since {moment(stay.created_at)}" if stay is not None else ", seen in no status yet"
    yield f"campaign   {master.local_campaign_id} {name}{since}"
    yield f"DAM asset  {master.opentext_id}{f', {master.asset_path}' if master.asset_path else ''}"
    yield f"delivery   {delivery(master)}"
    if master.box_url:
        yield f"in Box     {master.box_url}"


def _derivative(row: DerivativeAsset) -> Sequence[str]:
    uploaded = moment(row.uploaded_at) if row.uploaded_at is not None else ""
    return row.derivative_filename, stands(row), came_of(row), uploaded, tried_again(row)


def _score(row: CreativexScore) -> Sequence[str]:
    return row.filename, str(row.version), score_value(row), score_state(row), moment(row.extracted_at)


def _rejection(row: RejectedAsset) -> Sequence[str]:
    verdicts = "\n".join(said(verdict) for verdict in row.verdicts) or row.approval_status
    where = "followed by another rejection" if row.superseded_at is not None else sent_back(row)
    return row.original_filename, verdicts, where, moment(row.created_at)


def _show(headings: Sequence[str], rows: Sequence[Sequence[str]], console: Console) -> None:
    if rows:
        console.print()
        console.print(table(headings, rows))
