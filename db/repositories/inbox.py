"""The inbox: uploads that Box told us of, kept once each until the run that fetched the file has handled them."""

from collections.abc import Collection, Sequence
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from db.models import BoxEvent
from domain.box_webhooks import UploadEvent


def store_event(session: Session, event: UploadEvent) -> bool:
    """Keep an event. False, and nothing kept, when one with its id was ever kept: Box repeats itself."""
    row = {"event_id": event.event_id, "file_id": event.file_id, "body": asdict(event)}
    add = insert(BoxEvent).values(row).on_conflict_do_nothing(index_elements=["event_id"])
    return session.scalar(add.returning(BoxEvent.event_id)) is not None


def unhandled_events(session: Session, *, file_ids: Collection[str] | None = None) -> list[BoxEvent]:
    """Return the events that nobody has handled, oldest first; of these files only where they are given.

    To be read before the files are looked at: what Box tells later may be about newer content.
    """
    waiting = select(BoxEvent).where(BoxEvent.handled_at.is_(None))
    if file_ids is not None:
        waiting = waiting.where(BoxEvent.file_id.in_(file_ids))
    return list(session.scalars(waiting.order_by(BoxEvent.received_at, BoxEvent.event_id)))


def last_event_at(session: Session) -> datetime | None:
    """Return when the newest event came, or None when none ever did."""
    return session.scalar(select(func.max(BoxEvent.received_at)))


def mark_started(session: Session, event_ids: Sequence[str], run_id: str) -> None:
    """Note which Prefect run was started for the events. That it came to anything is not said by this."""
    _update(session, event_ids, started_at=func.now(), run_id=run_id)


def mark_handled(session: Session, event_ids: Sequence[str]) -> None:
    """Note that the files were dealt with, well or badly: nobody waits for these events any more."""
    _update(session, event_ids, handled_at=func.coalesce(BoxEvent.handled_at, func.now()))


def _update(session: Session, event_ids: Sequence[str], **values: object) -> None:
    session.execute(update(BoxEvent).where(BoxEvent.event_id.in_(event_ids)).values(values))
