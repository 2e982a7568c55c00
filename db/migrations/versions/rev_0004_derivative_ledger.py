"""What an upload of a derivative needs to survive a kill, and the DAM's lookup domains, read once a day."""

from alembic import op

revision = "0004"
down_revision = "0003"

CHANGES = """
ALTER TABLE derivative_assets
    ADD COLUMN box_file_id TEXT,
    ADD COLUMN box_file_version_id TEXT,
    ADD COLUMN handed_in_filename TEXT,
    ADD COLUMN box_sha1 TEXT,
    ADD COLUMN content_md5 TEXT,
    ADD COLUMN file_size_bytes BIGINT,
    ADD COLUMN sent_at TIMESTAMPTZ,
    ADD COLUMN import_job_id TEXT,
    ADD COLUMN removing_file_id TEXT,
    ADD COLUMN last_attempt_at TIMESTAMPTZ,
    ADD COLUMN next_attempt_at TIMESTAMPTZ,
    ADD COLUMN creativex_score TEXT,
    ADD COLUMN width BIGINT,
    ADD COLUMN height BIGINT,
    ADD COLUMN duration_s DOUBLE PRECISION,
    ADD COLUMN video_codec TEXT,
    ADD COLUMN frame_rate DOUBLE PRECISION,
    DROP CONSTRAINT ck_derivative_assets_upload_status,
    ADD CONSTRAINT ck_derivative_assets_upload_status
        CHECK (upload_status IN ('pending', 'completed', 'failed', 'withdrawn')),
    ADD CONSTRAINT ck_derivative_assets_completed_has_asset
        CHECK (upload_status <> 'completed' OR dam_asset_id IS NOT NULL);
CREATE INDEX ix_derivative_assets_open ON derivative_assets (id) WHERE upload_status IN ('pending', 'failed');
CREATE INDEX ix_derivative_assets_removing ON derivative_assets (id) WHERE removing_file_id IS NOT NULL;
CREATE INDEX ix_derivative_assets_uploaded_at ON derivative_assets (uploaded_at);
CREATE INDEX ix_derivative_assets_dam_asset_id ON derivative_assets (dam_asset_id);

CREATE TABLE lookup_domains (
    domain_id TEXT NOT NULL,
    value_ids JSONB NOT NULL,
    read_at TIMESTAMPTZ NOT NULL,
    CONSTRAINT pk_lookup_domains PRIMARY KEY (domain_id)
);
"""


def upgrade() -> None:
    op.get_bind().exec_driver_sql(CHANGES)
