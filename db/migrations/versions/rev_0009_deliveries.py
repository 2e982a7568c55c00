"""Which asset a master is a version of; how long what fails on its way to Box rests."""

from alembic import op

revision = "0009"
down_revision = "0008"

CHANGES = """
ALTER TABLE master_assets ADD COLUMN original_asset_id TEXT;
UPDATE master_assets SET original_asset_id = full_metadata->>'original_asset_id' WHERE full_metadata IS NOT NULL;
ALTER TABLE master_assets
    ADD COLUMN last_error_sign TEXT,
    ADD COLUMN failure_count BIGINT DEFAULT 0 NOT NULL,
    ADD COLUMN next_attempt_at TIMESTAMPTZ;
ALTER TABLE rejected_assets
    ADD COLUMN last_error_sign TEXT,
    ADD COLUMN failure_count BIGINT DEFAULT 0 NOT NULL,
    ADD COLUMN next_attempt_at TIMESTAMPTZ;
"""


def upgrade() -> None:
    op.get_bind().exec_driver_sql(CHANGES)
