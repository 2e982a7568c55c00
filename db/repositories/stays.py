"""Stays: in which status each campaign is and was, and which of its stays were announced.

Whoever changes the stays of a campaign holds its lock for the transaction, so that each sees what the last one wrote.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select, update
from sqlalchemy.orm import Session

from db.models import CampaignStatus, OutboxMessage

_IS_OPEN = CampaignStatus.left_at.is_(None)


def lock_stays(session: Session, number: str) -> None:
    """Keep everybody else from changing the stays of a campaign until this transaction ends."""
    session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"stays/{number}", 0))))


def open_stays(session: Session, number: str | None = None) -> list[CampaignStatus]:
    """Return the stays that last, one a campaign, by campaign number; `number` takes the one of that campaign."""
    return list(session.scalars(_of(select(CampaignStatus), number)))


def open_stay(session: Session, number: str) -> CampaignStatus | None:
    """Return the campaign's stay that lasts, as it is in the database now, or None."""
    wanted = select(CampaignStatus).where(_IS_OPEN, CampaignStatus.campaign_number == number)
    return session.scalar(wanted.execution_options(populate_existing=True))


def enter(session: Session, *, number: str, name: str, folder_id: str, status: str) -> CampaignStatus:
    """Note that the campaign is in this status: ends the stay in another one. A stay that lasts goes on."""
    lock_stays(session, number)
    stay = open_stay(session, number)
    if stay is not None and stay.status == status:
        stay.campaign_name, stay.campaign_folder_id = name, folder_id
        session.flush()
        return stay
    if stay is not None:
        leave(session, stay)
    stay = CampaignStatus(campaign_number=number, campaign_name=name, campaign_folder_id=folder_id, status=status)
    session.add(stay)
    session.flush()
    return stay


def leave(session: Session, stay: CampaignStatus) -> None:
    """Note that the campaign has left the status."""
    stay.left_at = func.now()
    session.flush()  # before the next stay is written: there is one that lasts, at most


def last_elsewhere_at(session: Session, number: str, status: str) -> datetime | None:
    """Return when the campaign last came to a status other than this one, as far as is known, or None.

    In this one it stands since later than that, also where nobody has noted its coming back yet.
    """
    elsewhere = (CampaignStatus.campaign_number == number) & (CampaignStatus.status != status)
    return session.scalar(select(func.max(CampaignStatus.created_at)).where(elsewhere))


def stays_with_messages(
    session: Session, status: str, number: str | None = None
) -> Sequence[tuple[CampaignStatus, OutboxMessage | None]]:
    """Return the stays that last in a status, each with the message that announces it, by campaign number."""
    wanted = _of(select(CampaignStatus, OutboxMessage), number).where(CampaignStatus.status == status)
    joined = wanted.outerjoin(OutboxMessage, OutboxMessage.key == CampaignStatus.webhook_key)
    return session.execute(joined).tuples().all()


def note_announced(session: Session, key: str, now: datetime) -> None:
    """Note that the message with this key is out, where it announces a stay; called for whatever is sent."""
    session.execute(
        update(CampaignStatus)
        .where(CampaignStatus.webhook_key == key, ~CampaignStatus.webhook_sent)
        .values(webhook_sent=True, webhook_sent_at=now)
    )


def note_unannounced(session: Session, key: str) -> bool:
    """Note that the message with this key will not go out. False where it announces no stay."""
    back = update(CampaignStatus).where(CampaignStatus.webhook_key == key, ~CampaignStatus.webhook_sent)
    again = back.values(webhook_key=None, live_campaign=None).returning(CampaignStatus.id)
    return session.scalar(again) is not None


def _of(wanted: Select[Any], number: str | None) -> Select[Any]:
    if number is not None:
        wanted = wanted.where(CampaignStatus.campaign_number == number)
    return wanted.where(_IS_OPEN).order_by(CampaignStatus.campaign_number)
