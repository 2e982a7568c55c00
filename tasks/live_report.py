"""What a look at where campaigns stand has found, in plain words."""

from collections.abc import Sequence
from datetime import UTC, datetime

from db.models import CampaignStatus, OutboxMessage
from domain.report import CampaignOutcome, RunReport, counted
from domain.routes import LIVE_CHECK
from domain.stays import Change, Sight
from tasks.live import Watch, live_hook, live_stays

_A4 = LIVE_CHECK.origin
_Stay = tuple[CampaignStatus, OutboxMessage | None]


def live_report(watch: Watch, parked: Sequence[str] = ()) -> RunReport:
    """Return the report: every campaign in A4, and whichever was noticed elsewhere."""
    report = RunReport(LIVE_CHECK.workflow, dry_run=watch.dry_run, parked=list(parked))
    stays = live_stays(watch)
    live = _live(watch, stays)
    noticed = [_noticed(change) for change in watch.changes if change.is_news]
    report.campaigns = _by_number([*watch.outcomes, *noticed, *live])
    if not report.campaigns and watch.only is not None:
        report.campaigns = [_elsewhere(watch.only, watch)]
    report.findings = [*_about_live(live, stays, watch), *_about_others(watch)]
    return report


def news(watch: Watch) -> list[str]:
    """Return the numbers of the campaigns to which something has happened."""
    changed = [change.number for change in watch.changes if change.is_news]
    return sorted({*changed, *watch.queued, *(outcome.number for outcome in watch.outcomes)})


def _live(watch: Watch, stays: Sequence[_Stay]) -> list[CampaignOutcome]:
    """Return the campaigns in A4, those among them that a dry run would only write down."""
    hook_is_on = live_hook(watch.services).is_on
    unwritten = watch.changes if watch.dry_run else []
    seen = {change.number: change.now for change in unwritten if change.sight is not Sight.SAME}
    found = [
        _outcome(stay.campaign_number, stay.campaign_name, _A4, _about_stay(stay, message, hook_is_on=hook_is_on))
        for stay, message in stays
        if stay.campaign_number not in seen
    ]
    new = [
        _outcome(number, now.name, _A4, f"would be noted as in {_A4}; {_to_come(hook_is_on=hook_is_on)}")
        for number, now in seen.items()
        if now is not None and now.status == _A4
    ]
    return found + new


def _about_stay(stay: CampaignStatus, message: OutboxMessage | None, *, hook_is_on: bool) -> str:
    since = f"in {_A4} since {_clock(stay.created_at)}"
    if stay.webhook_sent_at is not None:
        return f"{since}; announced {_clock(stay.webhook_sent_at)}"
    if message is None:
        return f"{since}; {_to_come(hook_is_on=hook_is_on)}"
    if message.state == "parked":
        return f"{since}; its webhook was given up: {message.last_error}"
    if message.state == "dropped":
        return f"{since}; its webhook was dropped by an operator"
    if message.last_error is not None:
        return f"{since}; its webhook could not be sent yet: {message.last_error}"
    return f"{since}; its webhook waits in the outbox"


def _to_come(*, hook_is_on: bool) -> str:
    return "to be announced" if hook_is_on else f"announced once the hook {LIVE_CHECK.webhook} is on"


def _noticed(change: Change) -> CampaignOutcome:
    known, now = change.known, change.now
    origin = known.status if known is not None else ""
    if now is None:
        name = known.name if known is not None else ""
        note = f"gone from the DAM: deleted, renumbered or no longer visible; its stay in {origin} is over"
        return _outcome(change.number, name, origin, note)
    unlisted = "" if change.is_listed else ", which the status machine does not list"
    status = now.status or "no status"
    return _outcome(change.number, now.name, status, f"somebody has moved it from {origin} to {status}{unlisted}")


def _elsewhere(number: str, watch: Watch) -> CampaignOutcome:
    found = next(iter(watch.shown), None)
    if found is None:
        return _outcome(number, "", "", "the DAM's search finds no campaign with this number and a status")
    return _outcome(number, found.name, found.status, f"is {found.status}, not in {_A4}")


def _about_live(live: list[CampaignOutcome], stays: Sequence[_Stay], watch: Watch) -> list[str]:
    if not live:
        return []
    told = [stay for stay, _ in stays if stay.webhook_sent and stay.campaign_number in watch.queued]
    numbers = {outcome.number for outcome in live}
    queued = [stay for stay, message in stays if message is not None and stay.campaign_number in numbers]
    waiting = [stay for stay in queued if not stay.webhook_sent]
    parts = [f"{counted(len(live), 'campaign')} in {_A4}"]
    parts += [f"{len(told)} announced"] if told else []
    parts += [f"{counted(len(waiting), 'webhook')} not taken yet"] if waiting else []
    return parts + ([] if live_hook(watch.services).is_on else [f"the hook {LIVE_CHECK.webhook} is off"])


def _about_others(watch: Watch) -> list[str]:
    moved = [
        f"{change.number} {change.known.status}→{change.now.status}"
        for change in watch.changes
        if change.is_news and change.known is not None and change.now is not None
    ]
    gone = [change.number for change in watch.changes if change.is_news and change.now is None]
    parts = [f"moved by others: {', '.join(moved)}"] if moved else []
    return parts + ([f"gone: {', '.join(gone)}"] if gone else [])


def _by_number(outcomes: list[CampaignOutcome]) -> list[CampaignOutcome]:
    """Return one outcome per campaign, by number: what comes later adds its note to the first."""
    found: dict[str, CampaignOutcome] = {}
    for outcome in outcomes:
        first = found.setdefault(outcome.number, outcome)
        if first is not outcome:
            first.note = "; ".join(note for note in (first.note, outcome.note) if note)
    return [found[number] for number in sorted(found)]


def _outcome(number: str, name: str, status: str, note: str) -> CampaignOutcome:
    return CampaignOutcome(number, name, status, status, note=note)


def _clock(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
