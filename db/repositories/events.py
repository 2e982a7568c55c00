"""The audit trail: everything that happens to an asset or a campaign. Nothing in it is ever changed."""

from collections.abc import Mapping
from typing import Any, NotRequired, TypedDict, Unpack

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from db.models import AssetEvent

NEWEST_FIRST = (AssetEvent.event_timestamp.desc(), AssetEvent.id.desc())
"""As the indexes have them; by id alone the trail would be read backwards until enough of a quiet campaign is found."""


class NewEvent(TypedDict):
    """An entry. `tracking_id` is None where it concerns a campaign as a whole; `detail` must be JSON."""

    tracking_id: str | None
    event_type: str
    detail: Mapping[str, Any]
    campaign_number: NotRequired[str | None]
    run_id: NotRequired[str | None]


def record_event(session: Session, **event: Unpack[NewEvent]) -> None:
    """Add an entry to the audit trail."""
    session.execute(insert(AssetEvent).values(**event))


def events_of_asset(session: Session, tracking_id: str) -> list[AssetEvent]:
    """Return the entries about a tracking id (case-sensitive), oldest first."""
    return list(
        session.scalars(select(AssetEvent).where(AssetEvent.tracking_id == tracking_id).order_by(AssetEvent.id))
    )


def events_of_campaign(session: Session, campaign_number: str) -> list[AssetEvent]:
    """Return the entries about a campaign and its assets, oldest first."""
    return list(
        session.scalars(select(AssetEvent).where(AssetEvent.campaign_number == campaign_number).order_by(AssetEvent.id))
    )


def last_events_of_campaign(session: Session, campaign_number: str, limit: int) -> list[AssetEvent]:
    """Return the newest entries about a campaign and its assets, of those the oldest first."""
    wanted = select(AssetEvent).where(AssetEvent.campaign_number == campaign_number)
    newest = session.scalars(wanted.order_by(*NEWEST_FIRST).limit(limit))
    return list(newest)[::-1]


class About(TypedDict, total=False):
    """Whose entries are meant; one of the two."""

    tracking_id: str
    campaign_number: str


def count_events(session: Session, **about: Unpack[About]) -> int:
    """Return how many entries there are about it."""
    return session.scalars(select(func.count()).select_from(AssetEvent).filter_by(**about)).one()


def newest_events(session: Session, *, skip: int, limit: int, **about: Unpack[About]) -> list[AssetEvent]:
    """Return entries about it, the newest first, without the newest `skip`."""
    wanted = select(AssetEvent).filter_by(**about).order_by(*NEWEST_FIRST)
    return list(session.scalars(wanted.offset(skip).limit(limit)))
