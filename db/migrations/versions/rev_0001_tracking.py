"""The tracking tables: assets, derivatives, audit trail, campaigns and scores. Reports read them by these names."""

from alembic import op

revision = "0001"
down_revision = None

TABLES = """
CREATE TABLE master_assets (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    tracking_id TEXT NOT NULL,
    opentext_id TEXT NOT NULL,
    original_filename TEXT NOT NULL,
    file_extension TEXT,
    file_size_bytes BIGINT,
    mime_type TEXT,
    content_md5 TEXT,
    asset_path TEXT,
    brand_code TEXT,
    country_code TEXT,
    language_code TEXT,
    asset_type TEXT,
    description TEXT,
    upload_directory TEXT,
    local_campaign_id TEXT NOT NULL,
    global_master_campaign_id TEXT,
    campaign_name TEXT,
    campaign_folder_id TEXT,
    full_metadata JSONB,
    metadata_read_at TIMESTAMPTZ,
    box_file_id TEXT,
    box_url TEXT,
    box_folder_id TEXT,
    box_filename TEXT,
    box_file_version_id TEXT,
    box_sha1 TEXT,
    delivery_status TEXT DEFAULT 'pending' NOT NULL,
    delivered_at TIMESTAMPTZ,
    attempt_count BIGINT DEFAULT 0 NOT NULL,
    last_attempt_at TIMESTAMPTZ,
    last_error TEXT,
    workflow_name TEXT,
    status TEXT DEFAULT 'active' NOT NULL,
    created_at TIMESTAMPTZ DEFAULT now() NOT NULL,
    updated_at TIMESTAMPTZ DEFAULT now() NOT NULL,
    CONSTRAINT pk_master_assets PRIMARY KEY (id),
    CONSTRAINT uq_master_assets_tracking_id UNIQUE (tracking_id),
    CONSTRAINT uq_master_assets_opentext_id_local_campaign_id UNIQUE (opentext_id, local_campaign_id),
    CONSTRAINT ck_master_assets_tracking_id CHECK (tracking_id ~ '^[A-Za-z0-9]{6}$'),
    CONSTRAINT ck_master_assets_delivery_status CHECK (delivery_status IN ('pending', 'delivered', 'failed')),
    CONSTRAINT ck_master_assets_delivered_has_file CHECK (delivery_status <> 'delivered' OR box_file_id IS NOT NULL)
);
CREATE INDEX ix_master_assets_full_metadata ON master_assets USING gin (full_metadata jsonb_path_ops);
CREATE INDEX ix_master_assets_local_campaign_id_delivery_status ON master_assets (local_campaign_id, delivery_status);

CREATE TABLE derivative_assets (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    tracking_id TEXT NOT NULL,
    master_asset_id BIGINT NOT NULL,
    dam_asset_id TEXT,
    derivative_filename TEXT NOT NULL,
    file_extension TEXT,
    upload_status TEXT DEFAULT 'pending' NOT NULL,
    uploaded_at TIMESTAMPTZ,
    retry_count BIGINT DEFAULT 0 NOT NULL,
    last_error TEXT,
    created_at TIMESTAMPTZ DEFAULT now() NOT NULL,
    CONSTRAINT pk_derivative_assets PRIMARY KEY (id),
    CONSTRAINT uq_derivative_assets_tracking_id_derivative_filename UNIQUE (tracking_id, derivative_filename),
    CONSTRAINT ck_derivative_assets_upload_status CHECK (upload_status IN ('pending', 'completed', 'failed')),
    CONSTRAINT fk_derivative_assets_tracking_id FOREIGN KEY (tracking_id) REFERENCES master_assets (tracking_id),
    CONSTRAINT fk_derivative_assets_master_asset_id FOREIGN KEY (master_asset_id) REFERENCES master_assets (id)
);
CREATE INDEX ix_derivative_assets_master_asset_id ON derivative_assets (master_asset_id);

CREATE TABLE asset_events (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    tracking_id TEXT,
    campaign_number TEXT,
    event_type TEXT NOT NULL,
    event_timestamp TIMESTAMPTZ DEFAULT clock_timestamp() NOT NULL,
    detail JSONB DEFAULT '{}' NOT NULL,
    run_id TEXT,
    CONSTRAINT pk_asset_events PRIMARY KEY (id)
);
CREATE INDEX ix_asset_events_campaign_number_event_timestamp ON asset_events (campaign_number, event_timestamp);
CREATE INDEX ix_asset_events_event_timestamp ON asset_events (event_timestamp);
CREATE INDEX ix_asset_events_tracking_id_event_timestamp ON asset_events (tracking_id, event_timestamp);

CREATE TABLE workflow_state (
    workflow_name TEXT NOT NULL,
    campaign_id TEXT NOT NULL,
    last_status TEXT NOT NULL,
    last_run_at TIMESTAMPTZ DEFAULT now() NOT NULL,
    CONSTRAINT pk_workflow_state PRIMARY KEY (workflow_name, campaign_id)
);

CREATE TABLE campaign_status (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    campaign_number TEXT NOT NULL,
    campaign_name TEXT NOT NULL,
    status TEXT NOT NULL,
    live_campaign TEXT,
    webhook_sent BOOLEAN DEFAULT false NOT NULL,
    webhook_sent_at TIMESTAMPTZ,
    created_at TIMESTAMPTZ DEFAULT now() NOT NULL,
    left_at TIMESTAMPTZ,
    CONSTRAINT pk_campaign_status PRIMARY KEY (id)
);
CREATE UNIQUE INDEX uq_campaign_status_open ON campaign_status (campaign_number) WHERE left_at IS NULL;

CREATE TABLE creativex_scores (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    filename TEXT NOT NULL,
    creativex_id TEXT,
    creativex_url TEXT,
    quality_score NUMERIC,
    version BIGINT NOT NULL,
    status TEXT NOT NULL,
    box_file_id TEXT,
    full_extraction_data JSONB,
    extracted_at TIMESTAMPTZ DEFAULT now() NOT NULL,
    CONSTRAINT pk_creativex_scores PRIMARY KEY (id),
    CONSTRAINT uq_creativex_scores_filename_version UNIQUE (filename, version),
    CONSTRAINT ck_creativex_scores_quality_score CHECK (quality_score BETWEEN 0 AND 100),
    CONSTRAINT ck_creativex_scores_status CHECK (status IN ('active', 'superseded', 'master-cx-score'))
);
CREATE INDEX ix_creativex_scores_creativex_id ON creativex_scores (creativex_id);
CREATE UNIQUE INDEX uq_creativex_scores_current ON creativex_scores (filename, status) WHERE status <> 'superseded';
"""

TRIGGERS = """
CREATE FUNCTION set_updated_at() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.updated_at := clock_timestamp();
    RETURN NEW;
END $$;
CREATE TRIGGER master_assets_updated_at BEFORE UPDATE ON master_assets
    FOR EACH ROW EXECUTE FUNCTION set_updated_at();

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION USING MESSAGE = TG_TABLE_NAME || ' is append-only, refused: ' || TG_OP;
END $$;
CREATE TRIGGER asset_events_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON asset_events
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""


def upgrade() -> None:
    op.get_bind().exec_driver_sql(TABLES)
    op.get_bind().exec_driver_sql(TRIGGERS)
