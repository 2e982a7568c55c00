"""Tables about campaigns: where they stand, and how they got there."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import Base, CreatedAt, RowId, one_of


class StatusMove(Base):
    """A status change that was decided on (`planned`), then made (`done`) or found made otherwise (`overtaken`)."""

    __tablename__ = "status_moves"
    __table_args__ = (
        CheckConstraint(one_of("state", "planned", "done", "overtaken"), "state"),
        Index(
            "uq_status_moves_planned",
            "campaign_number",
            unique=True,
            postgresql_where=text("state = 'planned'"),
        ),
        Index(None, "campaign_number", "planned_at"),
    )

    id: Mapped[RowId]
    campaign_number: Mapped[str]
    campaign_folder_id: Mapped[str]
    campaign_name: Mapped[str]
    workflow: Mapped[str]
    from_status: Mapped[str]
    to_status: Mapped[str]
    state: Mapped[str] = mapped_column(server_default="planned")
    detail: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    """What the messages about the move need."""
    planned_at: Mapped[CreatedAt]
    done_at: Mapped[datetime | None]


class WorkflowState(Base):
    """The last status that a workflow moved a campaign to."""

    __tablename__ = "workflow_state"

    workflow_name: Mapped[str] = mapped_column(primary_key=True)
    campaign_id: Mapped[str] = mapped_column(primary_key=True)
    """The campaign number."""
    last_status: Mapped[str]
    last_run_at: Mapped[CreatedAt]


class CampaignStatus(Base):
    """One stay of a campaign in a status; `left_at` is None while it lasts."""

    __tablename__ = "campaign_status"
    __table_args__ = (
        Index(
            "uq_campaign_status_open",
            "campaign_number",
            unique=True,
            postgresql_where=text("left_at IS NULL"),
        ),
        Index(
            "uq_campaign_status_webhook_key",
            "webhook_key",
            unique=True,
            postgresql_where=text("webhook_key IS NOT NULL"),
        ),
        Index(None, "campaign_number"),
    )

    id: Mapped[RowId]
    campaign_number: Mapped[str]
    campaign_folder_id: Mapped[str | None]
    """None in rows that were not written by this project."""
    campaign_name: Mapped[str]
    status: Mapped[str]
    live_campaign: Mapped[str | None]
    """What the live check was told of this stay."""
    webhook_key: Mapped[str | None]
    """Key of the outbox message that announces the stay; None until it is queued."""
    webhook_sent: Mapped[bool] = mapped_column(server_default=text("false"))
    webhook_sent_at: Mapped[datetime | None]
    created_at: Mapped[CreatedAt]
    left_at: Mapped[datetime | None]
