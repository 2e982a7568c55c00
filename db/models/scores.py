"""Tables about creative-quality scores: the scores themselves, and the scorecards that they are read from."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Numeric, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import Base, CreatedAt, RowId, one_of


class CreativexScore(Base):
    """A creative-quality score of the asset with this filename. Per filename, one row of each kind is current.

    `master-cx-score`: read from a master in the DAM, whose tracking id is `master_tracking_id` in
    `full_extraction_data`; masters of one name have a current row each. `needs review`: its scorecard does not add up.
    Names that differ in case only are one name.
    """

    __tablename__ = "creativex_scores"
    __table_args__ = (
        UniqueConstraint("filename", "version"),
        CheckConstraint("quality_score BETWEEN 0 AND 100", "quality_score"),
        CheckConstraint(one_of("status", "active", "superseded", "master-cx-score", "needs review"), "status"),
        Index(
            "uq_creativex_scores_current",
            func.lower(text("filename")),
            "status",
            func.coalesce(text("full_extraction_data->>'master_tracking_id'"), text("''")),
            unique=True,
            postgresql_where=text("status <> 'superseded'"),
        ),
        Index(None, "creativex_id"),
    )

    id: Mapped[RowId]
    filename: Mapped[str]
    creativex_id: Mapped[str | None]
    creativex_url: Mapped[str | None]
    quality_score: Mapped[Decimal | None] = mapped_column(Numeric)
    version: Mapped[int]
    status: Mapped[str]
    box_file_id: Mapped[str | None]
    full_extraction_data: Mapped[dict[str, Any] | None]
    extracted_at: Mapped[datetime] = mapped_column(server_default=func.now())


class Scorecard(Base):
    """One content of a scorecard PDF, wherever it lies in Box, and what became of it."""

    __tablename__ = "scorecards"
    __table_args__ = (
        UniqueConstraint("sha1"),
        CheckConstraint(one_of("state", "pending", "read", "needs review", "failed"), "state"),
        CheckConstraint("state NOT IN ('read', 'needs review') OR score_id IS NOT NULL", "read_has_score"),
        Index(None, "score_id"),
        Index("ix_scorecards_untold", "id", postgresql_where=text("state = 'read' AND told_at IS NULL")),
    )

    id: Mapped[RowId]
    sha1: Mapped[str]
    state: Mapped[str] = mapped_column(server_default="pending")
    pdf_name: Mapped[str]
    box_file_id: Mapped[str]
    """The file in Box that had this content last."""
    handed_in_at: Mapped[datetime | None]
    score_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("creativex_scores.id"))
    tracking_id: Mapped[str | None]
    """The one in the name that was scored, or of the file of that name."""
    tier: Mapped[str | None]
    previous_score: Mapped[Decimal | None] = mapped_column(Numeric)
    """The score that it took the place of."""
    retry_count: Mapped[int] = mapped_column(server_default="0")
    """How often reading it has failed."""
    last_error: Mapped[str | None]
    next_attempt_at: Mapped[datetime | None]
    """Not to be read again before; None: at once."""
    read_at: Mapped[datetime | None]
    told_at: Mapped[datetime | None]
    """When the mail about its score was queued."""
    created_at: Mapped[CreatedAt]
