"""Tables that let processes work side by side: leases, shared rates, unfinished uploads, events, lookup domains."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Double, Index, Sequence, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import Base, CreatedAt, UpdatedAt

lease_tokens = Sequence("lease_tokens", metadata=Base.metadata)


class Lease(Base):
    """Who works on what. A higher token is a later holder; the backend tells whether the holder still lives."""

    __tablename__ = "leases"
    # With its own unique index the token counts as a key: see db.leases.check_fence.
    __table_args__ = (UniqueConstraint("token"),)

    key: Mapped[str] = mapped_column(primary_key=True)
    holder: Mapped[str]
    token: Mapped[int] = mapped_column(BigInteger)
    backend_pid: Mapped[int]
    backend_start: Mapped[datetime]
    acquired_at: Mapped[datetime]
    expires_at: Mapped[datetime]


class RateBucket(Base):
    """A rate that all processes share. `next_free_at` is the theoretical arrival time of GCRA."""

    __tablename__ = "rate_buckets"

    name: Mapped[str] = mapped_column(primary_key=True)
    rate: Mapped[float] = mapped_column(Double)
    """Slots per second."""
    burst: Mapped[int]
    next_free_at: Mapped[datetime]
    blocked_until: Mapped[datetime | None]


class UploadSession(Base):
    """An upload that is not finished: the vendor's session, and the receipts of the parts that arrived."""

    __tablename__ = "upload_sessions"

    key: Mapped[str] = mapped_column(primary_key=True)
    session: Mapped[dict[str, Any]]
    parts: Mapped[list[dict[str, Any]]] = mapped_column(server_default=text("'[]'"))
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[UpdatedAt]


class BoxEvent(Base):
    """An event that Box sent us, kept until it is handled."""

    __tablename__ = "box_events"
    __table_args__ = (Index("ix_box_events_open", "received_at", postgresql_where=text("handled_at IS NULL")),)

    event_id: Mapped[str] = mapped_column(primary_key=True)
    received_at: Mapped[CreatedAt]
    file_id: Mapped[str | None]
    body: Mapped[dict[str, Any]]
    """What we read in it, as the fields of UploadEvent; Box's own body names people."""
    started_at: Mapped[datetime | None]
    run_id: Mapped[str | None]
    """The Prefect run that was started for it, if that could be done at once."""
    handled_at: Mapped[datetime | None]


class LookupDomain(Base):
    """The values of a lookup domain of the DAM, as they were when it was last asked."""

    __tablename__ = "lookup_domains"

    domain_id: Mapped[str] = mapped_column(primary_key=True)
    value_ids: Mapped[list[str]]
    read_at: Mapped[datetime]
