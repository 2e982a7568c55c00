"""Tables about assets: masters, derivatives, and the audit trail."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Double, ForeignKey, Index, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import Base, CreatedAt, RowId, UpdatedAt, one_of

TRACKING_ID = "tracking_id ~ '^[A-Za-z0-9]{6}$'"


class MasterAsset(Base):
    """An approved original asset of a campaign. `box_*` are empty until it has arrived in Box."""

    __tablename__ = "master_assets"
    __table_args__ = (
        UniqueConstraint("tracking_id"),
        UniqueConstraint("opentext_id", "local_campaign_id"),
        CheckConstraint(TRACKING_ID, "tracking_id"),
        CheckConstraint(one_of("delivery_status", "pending", "delivered", "failed"), "delivery_status"),
        CheckConstraint("delivery_status <> 'delivered' OR box_file_id IS NOT NULL", "delivered_has_file"),
        Index(None, "local_campaign_id", "delivery_status"),
        # Containment and path queries only: a tenth of the default's size on metadata of 200 KB.
        Index(
            "ix_master_assets_full_metadata",
            "full_metadata",
            postgresql_using="gin",
            postgresql_ops={"full_metadata": "jsonb_path_ops"},
        ),
    )

    id: Mapped[RowId]
    tracking_id: Mapped[str]
    opentext_id: Mapped[str]
    """The version that was taken up last: in the DAM each has an id of its own."""
    original_asset_id: Mapped[str | None]
    """The first version; None where the DAM was not asked yet."""
    original_filename: Mapped[str]
    file_extension: Mapped[str | None]
    file_size_bytes: Mapped[int | None]
    mime_type: Mapped[str | None]
    content_md5: Mapped[str | None]
    asset_path: Mapped[str | None]
    brand_code: Mapped[str | None]
    country_code: Mapped[str | None]
    language_code: Mapped[str | None]
    asset_type: Mapped[str | None]
    description: Mapped[str | None]
    upload_directory: Mapped[str | None]
    """Id of the DAM folder that the derivatives are uploaded to."""
    local_campaign_id: Mapped[str]
    """The campaign number."""
    global_master_campaign_id: Mapped[str | None]
    campaign_name: Mapped[str | None]
    campaign_folder_id: Mapped[str | None]
    full_metadata: Mapped[dict[str, Any] | None] = mapped_column(deferred=True)
    """The complete asset object of the DAM, about 200 KB; read only where it is asked for."""
    metadata_read_at: Mapped[datetime | None]
    box_file_id: Mapped[str | None]
    box_url: Mapped[str | None]
    box_folder_id: Mapped[str | None]
    box_filename: Mapped[str | None]
    box_file_version_id: Mapped[str | None]
    box_sha1: Mapped[str | None]
    delivery_status: Mapped[str] = mapped_column(server_default="pending")
    delivered_at: Mapped[datetime | None]
    attempt_count: Mapped[int] = mapped_column(server_default="0")
    last_attempt_at: Mapped[datetime | None]
    last_error: Mapped[str | None]
    last_error_sign: Mapped[str | None]
    """Tells the last failure from another one."""
    failure_count: Mapped[int] = mapped_column(server_default="0")
    """How often in a row it has failed so."""
    next_attempt_at: Mapped[datetime | None]
    """Not to be carried again before; None: at once."""
    workflow_name: Mapped[str | None]
    status: Mapped[str] = mapped_column(server_default="active")
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[UpdatedAt]


class DerivativeAsset(Base):
    """A localized file made from a master, on its way to the DAM or there (`dam_asset_id`).

    `box_*`, `handed_in_*`, checksums, size and what was sent are of the content that was taken up last; `dam_asset_id`
    is the asset that arrived last. `withdrawn`: whoever handed it in took it away before any of it arrived.
    """

    __tablename__ = "derivative_assets"
    __table_args__ = (
        UniqueConstraint("tracking_id", "derivative_filename"),
        CheckConstraint(one_of("upload_status", "pending", "completed", "failed", "withdrawn"), "upload_status"),
        CheckConstraint("upload_status <> 'completed' OR dam_asset_id IS NOT NULL", "completed_has_asset"),
        Index(None, "master_asset_id"),
        Index(None, "uploaded_at"),
        Index(None, "dam_asset_id"),
        Index(
            "ix_derivative_assets_filename",
            func.lower(text("derivative_filename")).label("name"),
            postgresql_ops={"name": "text_pattern_ops"},
        ),
        Index("ix_derivative_assets_open", "id", postgresql_where=text(one_of("upload_status", "pending", "failed"))),
        Index("ix_derivative_assets_removing", "id", postgresql_where=text("removing_file_id IS NOT NULL")),
    )

    id: Mapped[RowId]
    tracking_id: Mapped[str] = mapped_column(ForeignKey("master_assets.tracking_id"))
    master_asset_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("master_assets.id"))
    dam_asset_id: Mapped[str | None]
    derivative_filename: Mapped[str]
    file_extension: Mapped[str | None]
    upload_status: Mapped[str] = mapped_column(server_default="pending")
    uploaded_at: Mapped[datetime | None]
    retry_count: Mapped[int] = mapped_column(server_default="0")
    """How often this content has failed."""
    last_error: Mapped[str | None]
    box_file_id: Mapped[str | None]
    box_file_version_id: Mapped[str | None]
    handed_in_filename: Mapped[str | None]
    """The agency's name, with job number and tracking id."""
    handed_in_at: Mapped[datetime | None]
    """When the file was last changed in Box, as Box says."""
    dam_handed_in_at: Mapped[datetime | None]
    """The same of the content that has become `dam_asset_id`."""
    box_sha1: Mapped[str | None]
    content_md5: Mapped[str | None]
    file_size_bytes: Mapped[int | None]
    sent_at: Mapped[datetime | None]
    """When the content was sent to the DAM, while it is open what came of it."""
    sent_score: Mapped[str | None]
    """The score in what was sent; another one may have been read since."""
    import_job_id: Mapped[str | None]
    """The DAM's job of its upload, where its answer arrived."""
    removing_file_id: Mapped[str | None]
    """The file that was to be deleted in Box, while it is open what came of it."""
    last_attempt_at: Mapped[datetime | None]
    """When content of it was last taken up, or other content written down to be."""
    next_attempt_at: Mapped[datetime | None]
    """Not to be tried again before; None: at once."""
    creativex_score: Mapped[str | None]
    """As it was written into the DAM."""
    width: Mapped[int | None]
    height: Mapped[int | None]
    duration_s: Mapped[float | None] = mapped_column(Double)
    video_codec: Mapped[str | None]
    frame_rate: Mapped[float | None] = mapped_column(Double)
    created_at: Mapped[CreatedAt]


class AssetEvent(Base):
    """One entry of the audit trail. A trigger refuses to change or remove any."""

    __tablename__ = "asset_events"
    __table_args__ = (
        Index(None, "tracking_id", "event_timestamp"),
        Index(None, "campaign_number", "event_timestamp"),
        Index(None, "event_timestamp"),
        Index(
            "ix_asset_events_refused",
            func.lower(text("detail->>'name'")),
            postgresql_where=text("event_type = 'file_refused'"),
        ),
    )

    id: Mapped[RowId]
    tracking_id: Mapped[str | None]
    """None where the event concerns a campaign as a whole."""
    campaign_number: Mapped[str | None]
    event_type: Mapped[str]
    event_timestamp: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())
    detail: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    run_id: Mapped[str | None]
