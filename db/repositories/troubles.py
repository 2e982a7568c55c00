"""Trouble that lasts, as polls have noted it: campaigns that a workflow cannot work on, and files refused in Box."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.models import AssetEvent, DerivativeAsset, Fact
from db.repositories.events import NEWEST_FIRST
from domain.routes import DERIVATIVES

_STUCK = ("stuck", "stuck-for-now")
_REFUSED = ("refused", "refused-for-now")
_FILES = f"{DERIVATIVES.workflow}/file"
_SOONER = timedelta(seconds=30)
"""So much older than its fact an event may be: of an earlier trouble it is older by a poll at least."""


@dataclass(frozen=True, slots=True)
class Stuck:
    """A campaign that a workflow cannot work on. `reason` is empty where the audit trail does not tell it."""

    campaign_number: str
    workflow: str
    since: datetime
    reason: str


def stuck_campaigns(session: Session, campaign_number: str | None = None) -> list[Stuck]:
    """Return the campaigns that workflows cannot work on, or that one, by number and workflow; each pair once."""
    workflow, number = (func.split_part(Fact.key, "/", place) for place in (1, 2))
    told = (
        select(AssetEvent.detail["reason"].astext)
        .where(AssetEvent.campaign_number == number, AssetEvent.event_type == "campaign_failed")
        .where(AssetEvent.detail["workflow"].astext == workflow)
        .where(AssetEvent.event_timestamp >= Fact.first_seen_at - _SOONER)
        .order_by(*NEWEST_FIRST)
        .limit(1)
        .scalar_subquery()
    )
    wanted = (
        select(number, workflow, Fact.first_seen_at, func.coalesce(told, ""))
        .where(func.split_part(Fact.key, "/", 3).in_(_STUCK))
        .distinct(number, workflow)
        .order_by(number, workflow, Fact.first_seen_at)
    )
    if campaign_number is not None:
        wanted = wanted.where(number == campaign_number)
    return [Stuck(*row) for row in session.execute(wanted).tuples()]


def count_refused_files(session: Session) -> int:
    """Return how many files in Box cannot be taken in, besides those of derivatives that are known."""
    file_id = func.split_part(Fact.key, "/", 3)
    known = select(DerivativeAsset.id).where(
        DerivativeAsset.box_file_id == file_id, DerivativeAsset.upload_status.in_(("pending", "failed"))
    )
    return session.scalars(
        select(func.count(file_id.distinct())).where(
            Fact.key.startswith(f"{_FILES}/", autoescape=True),
            func.split_part(Fact.key, "/", 4).in_(_REFUSED),
            ~known.exists(),
        )
    ).one()
