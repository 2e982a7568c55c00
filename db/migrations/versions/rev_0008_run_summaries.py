"""What each run has found and done, kept for the daily report."""

from alembic import op

revision = "0008"
down_revision = "0007"

TABLE = """
CREATE TABLE run_summaries (
    run_id TEXT NOT NULL,
    workflow TEXT NOT NULL,
    started_at TIMESTAMPTZ NOT NULL,
    ended_at TIMESTAMPTZ NOT NULL,
    in_trouble BOOLEAN NOT NULL,
    headline TEXT NOT NULL,
    counts JSONB NOT NULL,
    CONSTRAINT pk_run_summaries PRIMARY KEY (run_id)
);
CREATE INDEX ix_run_summaries_ended_at ON run_summaries (ended_at);
"""


def upgrade() -> None:
    op.get_bind().exec_driver_sql(TABLE)
