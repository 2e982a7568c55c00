"""Table about rejected assets: what reviewers said, and the way out to the agency and back."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import Base, CreatedAt, RowId


class RejectedAsset(Base):
    """One rejection of an asset of the DAM; other comments, or other content, are another one.

    Of an asset's rejections in a campaign the one that is not superseded counts. `box_*` are empty until the asset has
    arrived in Box, `returned_at` until what was made of it has come home.
    """

    __tablename__ = "rejected_assets"
    __table_args__ = (
        Index(
            "uq_rejected_assets_current",
            "campaign_number",
            "opentext_id",
            unique=True,
            postgresql_where=text("superseded_at IS NULL"),
        ),
        Index(None, "tracking_id"),
    )

    id: Mapped[RowId]
    campaign_number: Mapped[str]
    opentext_id: Mapped[str]
    tracking_id: Mapped[str] = mapped_column(ForeignKey("master_assets.tracking_id"))
    master_asset_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("master_assets.id"))
    derivative_asset_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("derivative_assets.id"))
    """The derivative that the asset is; None where it is a master itself."""
    original_filename: Mapped[str]
    asset_path: Mapped[str]
    file_size_bytes: Mapped[int | None]
    content_md5: Mapped[str | None]
    digest: Mapped[str]
    """Tells one rejection of the asset from another."""
    approval_status: Mapped[str]
    verdicts: Mapped[list[dict[str, Any]]]
    """What each reviewer left, as the fields of domain.rejections.Verdict."""
    box_file_id: Mapped[str | None]
    box_url: Mapped[str | None]
    box_folder_id: Mapped[str | None]
    box_filename: Mapped[str | None]
    box_file_version_id: Mapped[str | None]
    box_sha1: Mapped[str | None]
    delivered_at: Mapped[datetime | None]
    last_error: Mapped[str | None]
    last_error_sign: Mapped[str | None]
    """Tells the last failure from another one."""
    failure_count: Mapped[int] = mapped_column(server_default="0")
    """How often in a row it has failed so."""
    next_attempt_at: Mapped[datetime | None]
    """Not to be carried again before; None: at once."""
    returned_at: Mapped[datetime | None]
    superseded_at: Mapped[datetime | None]
    created_at: Mapped[CreatedAt]
