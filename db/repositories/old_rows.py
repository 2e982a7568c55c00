"""Rows that have had their time. What tracks assets stays for ever; so does which facts were told.

A message that was sent or dropped is emptied, not deleted: its key keeps the fact from being told a second time.
"""

from collections.abc import Callable
from datetime import datetime
from enum import StrEnum, auto
from typing import Any

from sqlalchemy import ColumnElement, delete, func, select, tuple_, update
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.sql.dml import UpdateBase

from db.models import BoxEvent, OutboxMessage, RunSummary

_EMPTY: dict[str, Any] = {}


class OldRows(StrEnum):
    """Kinds of rows that go some time after their end."""

    MESSAGES = auto()
    EVENTS = auto()
    SUMMARIES = auto()


def count_old(session: Session, kind: OldRows, before: datetime) -> int:
    """Return how many rows of a kind ended before that moment."""
    model, is_old, _ = _KINDS[kind]
    return session.scalar(select(func.count()).select_from(model).where(is_old(before))) or 0


def let_go(session: Session, kind: OldRows, before: datetime, *, limit: int) -> int:
    """Empty or delete up to `limit` rows of a kind that ended before that moment; return how many.

    Rows that somebody else has just locked are left for another time.
    """
    model, is_old, change = _KINDS[kind]
    key = tuple(model.__table__.primary_key)
    # Read once: PostgreSQL may read a subquery again for each row, each time with others than before.
    some = select(*key).where(is_old(before)).limit(limit).with_for_update(skip_locked=True).cte("some")
    changed = change(model).where(tuple_(*key).in_(select(some))).returning(*key)  # type: ignore[attr-defined]
    return len(session.execute(changed).all())


def _over(before: datetime) -> ColumnElement[bool]:
    # Those given up are left alone: they can be queued again.
    is_over = OutboxMessage.state.in_(("sent", "dropped"))
    ended_at = func.coalesce(OutboxMessage.sent_at, OutboxMessage.dropped_at)
    return is_over & (ended_at < before) & (OutboxMessage.payload != _EMPTY)


def _handled(before: datetime) -> ColumnElement[bool]:
    return BoxEvent.handled_at < before


def _ended(before: datetime) -> ColumnElement[bool]:
    return RunSummary.ended_at < before


def _emptied(model: type[DeclarativeBase]) -> UpdateBase:
    return update(model).values(payload=_EMPTY, last_error=None)


_KINDS: dict[
    OldRows,
    tuple[
        type[DeclarativeBase],
        Callable[[datetime], ColumnElement[bool]],
        Callable[[type[DeclarativeBase]], UpdateBase],
    ],
] = {
    OldRows.MESSAGES: (OutboxMessage, _over, _emptied),
    OldRows.EVENTS: (BoxEvent, _handled, delete),
    OldRows.SUMMARIES: (RunSummary, _ended, delete),
}
