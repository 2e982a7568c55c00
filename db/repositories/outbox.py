"""The outbox: messages written in the transaction of the fact that they tell, then sent at least once, or parked.

    pending ─ taken ──────────────────────────────> sent
       ├───── not taken for three days ──> parked ─ an operator ──> pending again, or dropped
       └───── not to be sent ────────────> dropped

In each of them the key stays, so that its fact is told once.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Literal, NotRequired, TypedDict, Unpack

from sqlalchemy import ColumnElement, delete, func, or_, select, true, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, defer

from db.models import OutboxMessage
from db.repositories.events import record_event
from domain.errors import StoreError

Channel = Literal["mail", "webhook"]
Audience = Literal["success", "errors", "critical", "report"]

_FIRST_WAIT = timedelta(seconds=30)
_LONGEST_WAIT = timedelta(hours=1)
_IS_PENDING = OutboxMessage.state == "pending"


def backoff(attempts: int) -> timedelta:
    """Return the wait after the given number of attempts: doubled each time, an hour at most.

    >>> [str(backoff(attempts)) for attempts in (1, 2, 3, 8, 1000)]
    ['0:00:30', '0:01:00', '0:02:00', '1:00:00', '1:00:00']
    """
    doublings = min(max(attempts, 1) - 1, 16)
    return min(_FIRST_WAIT * (1 << doublings), _LONGEST_WAIT)


class NewMessage(TypedDict):
    """A message. `key` names the fact it tells; `audience` is None for a webhook; `payload` must be JSON."""

    key: str
    channel: Channel
    template: str
    audience: Audience | None
    payload: Mapping[str, Any]
    campaign_number: NotRequired[str | None]


def enqueue(session: Session, **message: Unpack[NewMessage]) -> bool:
    """Add a message that is due at once. False, and nothing added, when one with this key was ever added."""
    add = insert(OutboxMessage).values(**message).on_conflict_do_nothing(index_elements=["key"])
    return session.scalar(add.returning(OutboxMessage.id)) is not None


def claim_due(session: Session, *, now: datetime, limit: int, claim_s: float) -> list[OutboxMessage]:
    """Take messages that are due, oldest first, and count the attempt. Commit before sending them.

    Nobody else gets them for `claim_s`; should the sender die, they are due again after that.
    """
    due = (
        select(OutboxMessage.id)
        .where(
            _IS_PENDING,
            or_(OutboxMessage.next_attempt_at.is_(None), OutboxMessage.next_attempt_at <= now),
            or_(OutboxMessage.claimed_until.is_(None), OutboxMessage.claimed_until <= now),
        )
        .order_by(OutboxMessage.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
        .cte("due")  # read once: PostgreSQL may read a subquery again for each row, each time with others than before
    )
    claimed = session.scalars(
        update(OutboxMessage)
        .where(OutboxMessage.id.in_(select(due.c.id)))
        .values(claimed_until=now + timedelta(seconds=claim_s), attempts=OutboxMessage.attempts + 1)
        .returning(OutboxMessage)
        .execution_options(populate_existing=True)
    )
    return sorted(claimed, key=lambda message: message.id)


def mark_sent(session: Session, message_id: int, now: datetime) -> None:
    """Note that the message is out. It wins over a parking that came in between."""
    at = func.coalesce(OutboxMessage.sent_at, now)
    session.execute(
        update(OutboxMessage)
        .where(OutboxMessage.id == message_id)
        .values(state="sent", sent_at=at, parked_at=None, dropped_at=None, last_error=None)
    )


def take_back(session: Session, message_id: int) -> None:
    """Forget a message that never went out, so that it may be queued again under its key."""
    session.execute(delete(OutboxMessage).where(OutboxMessage.id == message_id, _IS_PENDING))


def mark_unwanted(session: Session, message_id: int, reason: str, now: datetime) -> None:
    """Note that the message is not to be sent, and why; it never is."""
    session.execute(
        update(OutboxMessage)
        .where(OutboxMessage.id == message_id, _IS_PENDING)
        .values(state="dropped", dropped_at=now, last_error=reason)
    )


def mark_failed(
    session: Session,
    message_id: int,
    error: str,
    now: datetime,
    *,
    give_up_after: timedelta = timedelta(days=3),
) -> str:
    """Note a failed attempt and when the next one is due, or park the message once it is too old.

    Returns the state it is in then. Raises StoreError when there is no such message.
    """
    message = session.get(OutboxMessage, message_id, with_for_update=True, populate_existing=True)
    if message is None:
        raise StoreError(f"There is no message with id {message_id} in the outbox")
    if message.state != "pending":
        return message.state
    message.last_error = error
    message.claimed_until = None
    if now - message.created_at >= give_up_after:
        message.state, message.parked_at = "parked", now
    else:
        message.next_attempt_at = now + backoff(message.attempts)
    session.flush()
    return message.state


def parked_untold(session: Session) -> list[OutboxMessage]:
    """Return the messages given up that nobody was told of yet, oldest first."""
    return list(
        session.scalars(
            select(OutboxMessage)
            .where(OutboxMessage.state == "parked", OutboxMessage.told_at.is_(None))
            .order_by(OutboxMessage.id)
        )
    )


def mark_told(session: Session, message_ids: Sequence[int], now: datetime) -> None:
    """Note that people were told of these parked messages."""
    session.execute(update(OutboxMessage).where(OutboxMessage.id.in_(message_ids)).values(told_at=now))


def unsent(session: Session, *, parked_only: bool = False) -> list[OutboxMessage]:
    """Return the messages that wait or are parked, oldest first, without their payload."""
    wanted = OutboxMessage.state == "parked" if parked_only else OutboxMessage.state.in_(("pending", "parked"))
    return list(
        session.scalars(
            select(OutboxMessage).where(wanted).options(defer(OutboxMessage.payload)).order_by(OutboxMessage.id)
        )
    )


def message(session: Session, message_id: int) -> OutboxMessage | None:
    """Return a message in any state, or None."""
    return session.get(OutboxMessage, message_id, populate_existing=True)


def requeue(session: Session, message_ids: Collection[int]) -> list[int]:
    """Make those of the messages that are parked due again, with their full time to be sent; return which, in order.

    Of two callers at once one gets each message.
    """
    return _due_again(session, OutboxMessage.id.in_(message_ids))


def requeue_all(session: Session) -> list[int]:
    """Make every parked message due again, as `requeue` does."""
    return _due_again(session, true())


def drop(session: Session, message_ids: Collection[int], now: datetime, *, by: str, reason: str) -> list[int]:
    """Let go of those of the messages that are parked, with an entry in the audit trail; return which, in order.

    They are never sent, and what they tell is never queued again: the key stays. Of two callers at once one gets each.
    """
    parked = update(OutboxMessage).where(OutboxMessage.id.in_(message_ids), OutboxMessage.state == "parked")
    dropped = parked.values(state="dropped", dropped_at=now).returning(OutboxMessage)
    rows = sorted(session.scalars(dropped.execution_options(populate_existing=True)), key=lambda row: row.id)
    for row in rows:
        said = {"number": row.id, "name": row.template, "channel": row.channel, "last_error": row.last_error}
        detail = {**said, "by": by, "reason": reason}
        record_event(
            session,
            tracking_id=None,
            event_type="message_dropped",
            detail=detail,
            campaign_number=row.campaign_number,
        )
    return [row.id for row in rows]


def _due_again(session: Session, chosen: ColumnElement[bool]) -> list[int]:
    values = {"state": "pending", "attempts": 0, "next_attempt_at": None, "parked_at": None, "told_at": None}
    back = update(OutboxMessage).where(chosen, OutboxMessage.state == "parked")
    again = back.values(**values, claimed_until=None, created_at=func.now()).returning(OutboxMessage.id)
    return sorted(session.scalars(again.execution_options(synchronize_session=False)))
