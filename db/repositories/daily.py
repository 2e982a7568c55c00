"""What a stretch of time has come to, [since, until) in aware UTC: few statements, whatever the size of the day.

All of a report is read from one snapshot, else a run beside it would show as a difference.
"""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, any_, func, or_, select, text
from sqlalchemy.orm import Session, aliased

from db.models import (
    AssetEvent,
    CampaignStatus,
    CreativexScore,
    DerivativeAsset,
    MasterAsset,
    RejectedAsset,
    RunSummary,
    Scorecard,
    StatusMove,
)
from db.parameters import texts
from domain.daily.balance import MoveLine, Stay
from domain.daily.model import ScoreLine

DONE = {"derivative_uploaded": "a2-to-a3", "rejection_delivered": "a5-to-a6", "score_read": "creativex-scores"}
"""Events that tell of something done, each with its workflow; of `delivered` the master names it."""
FAILED = ("delivery_failed", "derivative_failed", "file_refused", "scorecard_unread", "score_needs_review")
SLOTS = 24
"""Parts of a window."""

_TOLD = ("delivered", *DONE, *FAILED, "rework_returned", "derivative_withdrawn")
_MOVES = ("status_changed", "status_changed_outside", "campaign_gone")
_OPEN = ("pending", "failed")


def snapshot(session: Session) -> datetime:
    """Let the whole transaction, which this begins, see one moment and write nothing; return that moment."""
    session.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY"))
    moment: datetime = session.scalars(select(func.clock_timestamp())).one()
    return moment.astimezone(UTC)


def stays_in(session: Session, since: datetime, until: datetime) -> list[Stay]:
    """Return the stays that lasted in the window, or began or ended in it, in the order they began."""
    before = aliased(CampaignStatus)
    follows = select(before.id).where(
        before.campaign_number == CampaignStatus.campaign_number, before.left_at == CampaignStatus.created_at
    )
    left = CampaignStatus.left_at
    touched = or_(left.is_(None), left >= since, CampaignStatus.created_at >= since)
    rows = session.execute(
        select(CampaignStatus, follows.exists())
        .where(CampaignStatus.created_at < until, touched)
        .order_by(CampaignStatus.created_at, CampaignStatus.id)
    )
    return [
        Stay(row.campaign_number, row.campaign_name, row.status, row.created_at, row.left_at, is_next)
        for row, is_next in rows.tuples()
    ]


def moves_in(session: Session, since: datetime, until: datetime) -> list[MoveLine]:
    """Return the moves of the audit trail, ours and those of others, in order; one that is gone moves to ''."""
    rows = session.scalars(
        select(AssetEvent)
        .where(_within(AssetEvent.event_timestamp, since, until), AssetEvent.event_type.in_(_MOVES))
        .order_by(AssetEvent.id)
    )
    return [
        MoveLine(
            row.campaign_number or "",
            row.event_timestamp,
            str(row.detail.get("from", "")),
            str(row.detail.get("to", "")),
            str(row.detail.get("by") or row.detail.get("workflow") or "somebody in the DAM"),
        )
        for row in rows
    ]


@dataclass(frozen=True, slots=True)
class Happened:
    """So many events of a type, of one campaign, in one part of the window (from 0)."""

    event_type: str
    workflow: str | None
    """Of what was done; None of what went wrong."""
    campaign_number: str | None
    slot: int
    number: int


def happened(session: Session, since: datetime, until: datetime) -> list[Happened]:
    """Return what happened to assets and scorecards."""
    event, when = AssetEvent.event_type, func.extract("epoch", AssetEvent.event_timestamp)
    slot = func.width_bucket(when, since.timestamp(), until.timestamp(), SLOTS)
    rows = session.execute(
        select(event, MasterAsset.workflow_name, AssetEvent.campaign_number, slot, func.count())
        .outerjoin(MasterAsset, (MasterAsset.tracking_id == AssetEvent.tracking_id) & (event == "delivered"))
        .where(_within(AssetEvent.event_timestamp, since, until), event.in_(_TOLD))
        .group_by(text("1, 2, 3, 4"))
    )
    return [
        Happened(kind, DONE.get(kind, workflow), number, at - 1, times)
        for kind, workflow, number, at, times in rows.tuples()
    ]


def untold(session: Session, since: datetime, until: datetime) -> dict[str, int]:
    """Return how much was done in the window by each run that has left no summary, by run."""
    known = select(RunSummary.run_id).where(RunSummary.run_id == AssetEvent.run_id)
    rows = session.execute(
        select(AssetEvent.run_id, func.count())
        .where(_within(AssetEvent.event_timestamp, since, until), AssetEvent.event_type.in_(("delivered", *DONE)))
        .where(AssetEvent.run_id.is_not(None), ~known.exists())
        .group_by(AssetEvent.run_id)
    )
    return {run_id: number for run_id, number in rows.tuples() if run_id is not None}


def failures_in(session: Session, since: datetime, until: datetime) -> list[AssetEvent]:
    """Return the events that tell that something went wrong, the newest first."""
    wrong = AssetEvent.event_type.in_((*FAILED, "campaign_failed"))
    return list(
        session.scalars(
            select(AssetEvent)
            .where(_within(AssetEvent.event_timestamp, since, until), wrong)
            .order_by(AssetEvent.id.desc())
        )
    )


def moved_on(session: Session, since: datetime, until: datetime) -> Counter[str]:
    """Return how many campaigns each workflow has moved."""
    rows = session.execute(
        select(StatusMove.workflow, func.count(StatusMove.campaign_number.distinct()))
        .where(_within(StatusMove.done_at, since, until), StatusMove.state == "done")
        .group_by(StatusMove.workflow)
    )
    return Counter(dict(rows.tuples().all()))


def rejected_in(session: Session, since: datetime, until: datetime) -> int:
    """Return how many assets reviewers have rejected, as far as a run has seen it."""
    wanted = select(func.count(RejectedAsset.opentext_id.distinct()))
    return session.scalars(wanted.where(_within(RejectedAsset.created_at, since, until))).one()


@dataclass(frozen=True, slots=True)
class AssetsOf:
    """How far a campaign is."""

    name: str
    masters: int
    masters_delivered: int
    derivatives_home: int
    derivatives_open: int


def assets_of(session: Session, numbers: Collection[str]) -> dict[str, AssetsOf]:
    """Return how far campaigns are, by number; those without a master are left out."""
    master, row = MasterAsset, DerivativeAsset

    def count(which: ColumnElement[bool], column: Any = row.id) -> Any:
        return func.count(column.distinct()).filter(which)

    found = session.execute(
        select(
            master.local_campaign_id,
            func.max(master.campaign_name),
            func.count(master.id.distinct()),
            count(master.delivery_status == "delivered", master.id),
            count(row.upload_status == "completed"),
            count(row.upload_status.in_(_OPEN)),
        )
        .outerjoin(row, row.master_asset_id == master.id)
        .where(master.local_campaign_id == any_(texts(numbers)), master.status == "active")
        .group_by(master.local_campaign_id)
    )
    return {number: AssetsOf(name or "", *counts) for number, name, *counts in found}


def scores_in(session: Session, since: datetime, until: datetime) -> list[ScoreLine]:
    """Return the scores that were read from scorecards, the newest first."""
    rows = session.execute(_scores().where(_within(Scorecard.read_at, since, until)))
    return [
        ScoreLine(
            score.filename,
            f"{score.quality_score:f}" if score.quality_score is not None else "–",
            f"{card.previous_score:f}" if card.previous_score is not None else None,
            score.status,
            score.creativex_url,
            card.read_at or since,
        )
        for card, score in rows.tuples()
    ]


def _scores() -> Select[tuple[Scorecard, CreativexScore]]:
    joined = select(Scorecard, CreativexScore).join(CreativexScore, CreativexScore.id == Scorecard.score_id)
    return joined.order_by(Scorecard.read_at.desc(), Scorecard.id.desc())


def _within(column: Any, since: datetime, until: datetime) -> ColumnElement[bool]:
    return and_(column >= since, column < until)
