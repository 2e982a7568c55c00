"""What waits, and for whom, as it is now."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from db.models import (
    AssetEvent,
    CampaignStatus,
    DerivativeAsset,
    Fact,
    MasterAsset,
    OutboxMessage,
    RejectedAsset,
    Scorecard,
    StatusMove,
)
from db.repositories.rejections import OF_ACTIVE_MASTER, is_of_last_round
from domain.daily.model import Waiting, Who
from domain.status import Status

_OPEN = ("pending", "failed")
_MENDED_BY = {"agency": Who.AGENCY, "librarian": Who.LIBRARIAN}
_EMPTY = {"a5-to-a6": "A5, but no asset of it is rejected"}


def waiting_now(session: Session) -> list[Waiting]:
    """Return everything that waits for somebody."""
    facts = [_read(fact) for fact in session.scalars(select(Fact))]
    refused = {seen.subject for seen in facts if seen.is_file}
    return [
        *_masters(session),
        *_reworks(session),
        *_facts(session, facts),
        *_under_way(session, refused),
        *_messages(session),
        *_moves(session),
    ]


@dataclass(frozen=True, slots=True)
class _Seen:
    """A fact that polls find. `subject`: the number of a campaign, or the id of a file in Box."""

    workflow: str
    subject: str
    kind: str
    is_file: bool
    since: datetime


def _read(fact: Fact) -> _Seen:
    workflow, *middle, kind = fact.key.split("/")
    return _Seen(workflow, middle[-1] if middle else "", kind, len(middle) > 1, fact.first_seen_at)


def _masters(session: Session) -> Iterator[Waiting]:
    """Masters of campaigns in A2 for which the agency has handed nothing in; it cannot for one that is not in Box."""
    handed_in = select(DerivativeAsset.id).where(
        DerivativeAsset.master_asset_id == MasterAsset.id, DerivativeAsset.upload_status != "withdrawn"
    )
    stands = (CampaignStatus.campaign_number == MasterAsset.local_campaign_id) & CampaignStatus.left_at.is_(None)
    rows = session.execute(
        select(
            MasterAsset.local_campaign_id, MasterAsset.original_filename, MasterAsset.tracking_id,
            MasterAsset.delivered_at, MasterAsset.box_file_id, MasterAsset.created_at,
        )
        .join(CampaignStatus, stands & (CampaignStatus.status == Status.A2))
        .where(MasterAsset.status == "active", ~handed_in.exists())
    )  # fmt: skip
    for number, name, tracking_id, delivered_at, file_id, created_at in rows.tuples():
        who, what = Who.AGENCY, "masters without a localized file"
        if file_id is None:
            who, what = Who.OPERATIONS, "masters that never came to Box, and that are waited for"
        yield Waiting(who, what, delivered_at or created_at, number, name, tracking_id)


def _reworks(session: Session) -> Iterator[Waiting]:
    """Rejected assets that have not come home; where all have, the campaign waits for a librarian."""
    stands = (CampaignStatus.campaign_number == RejectedAsset.campaign_number) & CampaignStatus.left_at.is_(None)
    wanted = (
        select(RejectedAsset)
        .join(MasterAsset, OF_ACTIVE_MASTER)
        .join(CampaignStatus, stands & (CampaignStatus.status == Status.A6))
        .where(is_of_last_round(), RejectedAsset.delivered_at.is_not(None))
    )
    rounds: dict[str, list[RejectedAsset]] = {}
    for row in session.scalars(wanted):
        rounds.setdefault(row.campaign_number, []).append(row)
    for number, rows in rounds.items():
        out = [row for row in rows if row.returned_at is None]
        for row in out:
            since = row.delivered_at or row.created_at
            what = "rejected assets not reworked yet"
            yield Waiting(Who.AGENCY, what, since, number, row.original_filename, row.tracking_id)
        if not out:
            since = max(row.returned_at for row in rows if row.returned_at is not None)
            yield Waiting(Who.LIBRARIAN, "every reworked file is back: to be moved on from A6", since, number)


def _facts(session: Session, facts: Sequence[_Seen]) -> Iterator[Waiting]:
    events = _events_behind(session, facts)
    cards = _cards(session, [seen.subject for seen in facts if seen.workflow == "creativex-scores"])
    mentioned = set()
    for seen in facts:
        if seen.workflow == "creativex-scores" and seen.is_file:
            yield _card(seen, cards.get(seen.subject))
        elif seen.kind == "empty":
            what = _EMPTY.get(seen.workflow, "ready to go out, but it has no assets")
            yield Waiting(Who.LIBRARIAN, what, seen.since, seen.subject)
        elif seen.kind != "remark":
            key = (seen.workflow, seen.subject, seen.kind.removesuffix("-for-now"))
            if key not in mentioned:  # a lasting trouble and a passing one above it
                yield from _trouble(seen, events)
            mentioned.add(key)


def _trouble(seen: _Seen, events: Sequence[AssetEvent]) -> Iterator[Waiting]:
    about = [event for event in events if _is_behind(event, seen)]
    if seen.is_file or seen.kind.startswith("stuck"):
        about = about[-1:]
    latest = {str(event.detail.get("asset_id") or event.detail.get("box_file_id")): event for event in about}
    for event in latest.values():
        who = _MENDED_BY.get(str(event.detail.get("mended_by")), Who.OPERATIONS)
        asset = event.detail.get("path") or event.detail.get("name")
        # Reasons begin with whose they are; without that, assets that wait for the same are told together.
        reason = " ".join(str(event.detail.get("reason", "")).removeprefix(f"{asset}: ").split())
        yield Waiting(who, reason, seen.since, event.campaign_number, asset, event.tracking_id)
    if not latest:
        number, asset = (None, f"file {seen.subject} in Box") if seen.is_file else (seen.subject, None)
        yield Waiting(Who.OPERATIONS, f"{seen.workflow} could not go on", seen.since, number, asset)


def _is_behind(event: AssetEvent, seen: _Seen) -> bool:
    detail = event.detail
    if seen.is_file:
        return detail.get("box_file_id") == seen.subject
    wanted = "campaign_failed" if seen.kind.startswith("stuck") else "delivery_failed"
    own = event.event_type == wanted and detail.get("workflow", seen.workflow) == seen.workflow
    # The fact is written a moment before its events; those of an earlier trouble are older by a poll at least.
    age_s = (seen.since - event.event_timestamp).total_seconds()
    return own and event.campaign_number == seen.subject and age_s < 30


def _events_behind(session: Session, facts: Sequence[_Seen]) -> list[AssetEvent]:
    """Return the failures of the audit trail that the facts may be about, oldest first."""
    files = [seen.subject for seen in facts if seen.is_file]
    numbers = [seen.subject for seen in facts if not seen.is_file]
    if not facts:
        return []
    of_file = AssetEvent.detail["box_file_id"].astext.in_(files) & AssetEvent.event_type.in_(
        ("derivative_failed", "file_refused")
    )
    of_campaign = AssetEvent.campaign_number.in_(numbers) & AssetEvent.event_type.in_(
        ("delivery_failed", "campaign_failed")
    )
    return list(session.scalars(select(AssetEvent).where(or_(of_file, of_campaign)).order_by(AssetEvent.id)))


def _cards(session: Session, file_ids: Iterable[str]) -> dict[str, Scorecard]:
    rows = session.scalars(select(Scorecard).where(Scorecard.box_file_id.in_(list(file_ids))).order_by(Scorecard.id))
    return {row.box_file_id: row for row in rows}


def _card(seen: _Seen, card: Scorecard | None) -> Waiting:
    name = card.pdf_name if card is not None else f"file {seen.subject} in Box"
    if seen.kind.startswith("review"):
        return Waiting(Who.CREATIVEX, "scorecards that do not add up", seen.since, asset=name)
    why = card.last_error if card is not None and card.last_error else "it could not be read"
    return Waiting(Who.CREATIVEX, " ".join(f"unread: {why}".split()), seen.since, asset=name)


def _under_way(session: Session, refused: set[str]) -> Iterator[Waiting]:
    """Derivatives that have not arrived, and of which nobody was told why."""
    rows = session.execute(
        select(DerivativeAsset, MasterAsset.local_campaign_id)
        .join(MasterAsset, MasterAsset.id == DerivativeAsset.master_asset_id)
        .where(DerivativeAsset.upload_status.in_(_OPEN))
    )
    for row, number in rows.tuples():
        if row.box_file_id in refused:
            continue
        what = "sent, and not shown by the DAM yet" if row.sent_at is not None else "localized files to be taken in"
        what = f"failed: {' '.join(row.last_error.split())}" if row.last_error else what
        since = row.last_attempt_at or row.created_at
        yield Waiting(Who.OPERATIONS, what, since, number, row.derivative_filename, row.tracking_id)


def _messages(session: Session) -> Iterator[Waiting]:
    """Messages that were given up on, all together, and those whose receiver did not take them yet."""
    failing = (OutboxMessage.state == "pending") & OutboxMessage.last_error.is_not(None)
    rows = session.scalars(select(OutboxMessage).where(or_(OutboxMessage.state == "parked", failing)))
    for row in rows:
        name = f"{row.channel} {row.template}: {' '.join((row.last_error or '').split())}"
        if row.state == "parked":  # told without the campaign: one line of the report, whatever their number
            yield Waiting(Who.OPERATIONS, "messages given up on", row.created_at, asset=name)
        else:
            what = "messages that could not be sent yet"
            yield Waiting(Who.OPERATIONS, what, row.created_at, row.campaign_number, name)


def _moves(session: Session) -> Iterator[Waiting]:
    """Moves that a run has planned and did not live to finish."""
    for row in session.scalars(select(StatusMove).where(StatusMove.state == "planned")):
        what = f"its move {row.from_status} → {row.to_status} by {row.workflow} is not finished"
        yield Waiting(Who.OPERATIONS, what, row.planned_at, row.campaign_number)
