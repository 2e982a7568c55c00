"""What the promises need: planned moves, outbox, facts told, unfinished uploads, leases, shared rates, Box events."""

from alembic import op

revision = "0002"
down_revision = "0001"

TABLES = """
CREATE SEQUENCE lease_tokens;

CREATE TABLE status_moves (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    campaign_number TEXT NOT NULL,
    campaign_folder_id TEXT NOT NULL,
    campaign_name TEXT NOT NULL,
    workflow TEXT NOT NULL,
    from_status TEXT NOT NULL,
    to_status TEXT NOT NULL,
    state TEXT DEFAULT 'planned' NOT NULL,
    detail JSONB DEFAULT '{}' NOT NULL,
    planned_at TIMESTAMPTZ DEFAULT now() NOT NULL,
    done_at TIMESTAMPTZ,
    CONSTRAINT pk_status_moves PRIMARY KEY (id),
    CONSTRAINT ck_status_moves_state CHECK (state IN ('planned', 'done', 'overtaken'))
);
CREATE INDEX ix_status_moves_campaign_number_planned_at ON status_moves (campaign_number, planned_at);
CREATE UNIQUE INDEX uq_status_moves_planned ON status_moves (campaign_number) WHERE state = 'planned';

CREATE TABLE outbox (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    key TEXT NOT NULL,
    channel TEXT NOT NULL,
    template TEXT NOT NULL,
    audience TEXT,
    payload JSONB NOT NULL,
    campaign_number TEXT,
    state TEXT DEFAULT 'pending' NOT NULL,
    attempts BIGINT DEFAULT 0 NOT NULL,
    next_attempt_at TIMESTAMPTZ,
    claimed_until TIMESTAMPTZ,
    created_at TIMESTAMPTZ DEFAULT now() NOT NULL,
    sent_at TIMESTAMPTZ,
    parked_at TIMESTAMPTZ,
    told_at TIMESTAMPTZ,
    last_error TEXT,
    CONSTRAINT pk_outbox PRIMARY KEY (id),
    CONSTRAINT uq_outbox_key UNIQUE (key),
    CONSTRAINT ck_outbox_channel CHECK (channel IN ('mail', 'webhook')),
    CONSTRAINT ck_outbox_audience CHECK (audience IN ('success', 'errors', 'critical', 'report')),
    CONSTRAINT ck_outbox_state CHECK (state IN ('pending', 'sent', 'parked'))
);
CREATE INDEX ix_outbox_campaign_number ON outbox (campaign_number);
CREATE INDEX ix_outbox_parked ON outbox (id) WHERE state = 'parked';
CREATE INDEX ix_outbox_pending ON outbox (next_attempt_at, id) WHERE state = 'pending';

CREATE TABLE facts (
    key TEXT NOT NULL,
    digest TEXT NOT NULL,
    first_seen_at TIMESTAMPTZ NOT NULL,
    last_seen_at TIMESTAMPTZ NOT NULL,
    told_at TIMESTAMPTZ,
    CONSTRAINT pk_facts PRIMARY KEY (key)
);

CREATE TABLE upload_sessions (
    key TEXT NOT NULL,
    session JSONB NOT NULL,
    parts JSONB DEFAULT '[]' NOT NULL,
    created_at TIMESTAMPTZ DEFAULT now() NOT NULL,
    updated_at TIMESTAMPTZ DEFAULT now() NOT NULL,
    CONSTRAINT pk_upload_sessions PRIMARY KEY (key)
);

CREATE TABLE leases (
    key TEXT NOT NULL,
    holder TEXT NOT NULL,
    token BIGINT NOT NULL,
    backend_pid BIGINT NOT NULL,
    backend_start TIMESTAMPTZ NOT NULL,
    acquired_at TIMESTAMPTZ NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL,
    CONSTRAINT pk_leases PRIMARY KEY (key),
    CONSTRAINT uq_leases_token UNIQUE (token)
);

CREATE TABLE rate_buckets (
    name TEXT NOT NULL,
    rate DOUBLE PRECISION NOT NULL,
    burst BIGINT NOT NULL,
    next_free_at TIMESTAMPTZ NOT NULL,
    blocked_until TIMESTAMPTZ,
    CONSTRAINT pk_rate_buckets PRIMARY KEY (name)
);

CREATE TABLE box_events (
    event_id TEXT NOT NULL,
    received_at TIMESTAMPTZ DEFAULT now() NOT NULL,
    file_id TEXT,
    body JSONB NOT NULL,
    handled_at TIMESTAMPTZ,
    CONSTRAINT pk_box_events PRIMARY KEY (event_id)
);
CREATE INDEX ix_box_events_open ON box_events (received_at) WHERE handled_at IS NULL;
"""

TRIGGERS = """
CREATE TRIGGER upload_sessions_updated_at BEFORE UPDATE ON upload_sessions
    FOR EACH ROW EXECUTE FUNCTION set_updated_at();
"""


def upgrade() -> None:
    op.get_bind().exec_driver_sql(TABLES)
    op.get_bind().exec_driver_sql(TRIGGERS)
