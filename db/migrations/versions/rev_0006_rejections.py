"""Rejected assets on their way to the agency and back."""

from alembic import op

revision = "0006"
down_revision = "0005"

TABLE = """
CREATE TABLE rejected_assets (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    campaign_number TEXT NOT NULL,
    opentext_id TEXT NOT NULL,
    tracking_id TEXT NOT NULL,
    master_asset_id BIGINT NOT NULL,
    derivative_asset_id BIGINT,
    original_filename TEXT NOT NULL,
    asset_path TEXT NOT NULL,
    file_size_bytes BIGINT,
    content_md5 TEXT,
    digest TEXT NOT NULL,
    approval_status TEXT NOT NULL,
    verdicts JSONB NOT NULL,
    box_file_id TEXT,
    box_url TEXT,
    box_folder_id TEXT,
    box_filename TEXT,
    box_file_version_id TEXT,
    box_sha1 TEXT,
    delivered_at TIMESTAMPTZ,
    last_error TEXT,
    returned_at TIMESTAMPTZ,
    superseded_at TIMESTAMPTZ,
    created_at TIMESTAMPTZ DEFAULT now() NOT NULL,
    CONSTRAINT pk_rejected_assets PRIMARY KEY (id),
    CONSTRAINT fk_rejected_assets_tracking_id FOREIGN KEY (tracking_id) REFERENCES master_assets (tracking_id),
    CONSTRAINT fk_rejected_assets_master_asset_id FOREIGN KEY (master_asset_id) REFERENCES master_assets (id),
    CONSTRAINT fk_rejected_assets_derivative_asset_id
        FOREIGN KEY (derivative_asset_id) REFERENCES derivative_assets (id)
);
CREATE UNIQUE INDEX uq_rejected_assets_current ON rejected_assets (campaign_number, opentext_id)
    WHERE superseded_at IS NULL;
CREATE INDEX ix_rejected_assets_tracking_id ON rejected_assets (tracking_id);
"""


def upgrade() -> None:
    op.get_bind().exec_driver_sql(TABLE)
