"""Tables about telling people and systems: what is to be sent, and what was told already."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import Base, CreatedAt, RowId, one_of


class OutboxMessage(Base):
    """A mail or webhook, written in the transaction of the fact that it tells, sent afterwards."""

    __tablename__ = "outbox"
    __table_args__ = (
        UniqueConstraint("key"),
        CheckConstraint(one_of("channel", "mail", "webhook"), "channel"),
        CheckConstraint(one_of("audience", "success", "errors", "critical", "report"), "audience"),
        CheckConstraint(one_of("state", "pending", "sent", "parked", "dropped"), "state"),
        Index("ix_outbox_pending", "next_attempt_at", "id", postgresql_where=text("state = 'pending'")),
        Index("ix_outbox_parked", "id", postgresql_where=text("state = 'parked'")),
        Index(None, "campaign_number"),
    )

    id: Mapped[RowId]
    key: Mapped[str]
    """Names the fact: a second message with the same key is not taken."""
    channel: Mapped[str]
    template: Mapped[str]
    """Mail template, or name of the hook."""
    audience: Mapped[str | None]
    """Whom a mail goes to; None for a webhook, whose address is its hook's."""
    payload: Mapped[dict[str, Any]]
    campaign_number: Mapped[str | None]
    state: Mapped[str] = mapped_column(server_default="pending")
    attempts: Mapped[int] = mapped_column(server_default="0")
    next_attempt_at: Mapped[datetime | None]
    """None: at once."""
    claimed_until: Mapped[datetime | None]
    created_at: Mapped[CreatedAt]
    sent_at: Mapped[datetime | None]
    parked_at: Mapped[datetime | None]
    told_at: Mapped[datetime | None]
    """When people were told that it was parked."""
    dropped_at: Mapped[datetime | None]
    last_error: Mapped[str | None]


class Fact(Base):
    """Something that polls keep finding, so that it is told once. A changed digest makes it a new fact."""

    __tablename__ = "facts"

    key: Mapped[str] = mapped_column(primary_key=True)
    digest: Mapped[str]
    first_seen_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    told_at: Mapped[datetime | None]
