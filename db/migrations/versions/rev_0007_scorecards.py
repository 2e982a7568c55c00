"""Scorecards and what became of each, and scores that a person has to look at."""

from alembic import op

revision = "0007"
down_revision = "0006"

# A score belongs to a name in whatever case it is written, so of two that differ in case only the newer one is current.
SCORES = """
ALTER TABLE creativex_scores DROP CONSTRAINT ck_creativex_scores_status;
ALTER TABLE creativex_scores ADD CONSTRAINT ck_creativex_scores_status
    CHECK (status IN ('active', 'superseded', 'master-cx-score', 'needs review'));
UPDATE creativex_scores AS older SET status = 'superseded'
    WHERE older.status <> 'superseded' AND EXISTS (
        SELECT FROM creativex_scores AS newer
        WHERE lower(newer.filename) = lower(older.filename) AND newer.status = older.status AND newer.id > older.id);
DROP INDEX uq_creativex_scores_current;
CREATE UNIQUE INDEX uq_creativex_scores_current ON creativex_scores (lower(filename), status)
    WHERE status <> 'superseded';
ALTER TABLE derivative_assets ADD COLUMN sent_score TEXT;
CREATE INDEX ix_derivative_assets_filename ON derivative_assets (lower(derivative_filename) text_pattern_ops);
"""

TABLE = """
CREATE TABLE scorecards (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    sha1 TEXT NOT NULL,
    state TEXT DEFAULT 'pending' NOT NULL,
    pdf_name TEXT NOT NULL,
    box_file_id TEXT NOT NULL,
    handed_in_at TIMESTAMPTZ,
    score_id BIGINT,
    tracking_id TEXT,
    tier TEXT,
    previous_score NUMERIC,
    retry_count BIGINT DEFAULT 0 NOT NULL,
    last_error TEXT,
    next_attempt_at TIMESTAMPTZ,
    read_at TIMESTAMPTZ,
    told_at TIMESTAMPTZ,
    created_at TIMESTAMPTZ DEFAULT now() NOT NULL,
    CONSTRAINT pk_scorecards PRIMARY KEY (id),
    CONSTRAINT uq_scorecards_sha1 UNIQUE (sha1),
    CONSTRAINT fk_scorecards_score_id FOREIGN KEY (score_id) REFERENCES creativex_scores (id),
    CONSTRAINT ck_scorecards_state CHECK (state IN ('pending', 'read', 'needs review', 'failed')),
    CONSTRAINT ck_scorecards_read_has_score CHECK (state NOT IN ('read', 'needs review') OR score_id IS NOT NULL)
);
CREATE INDEX ix_scorecards_score_id ON scorecards (score_id);
CREATE INDEX ix_scorecards_untold ON scorecards (id) WHERE state = 'read' AND told_at IS NULL;
"""


def upgrade() -> None:
    op.get_bind().exec_driver_sql(SCORES)
    op.get_bind().exec_driver_sql(TABLE)
