"""Which asset a master is a version of."""

from alembic import op

revision = "0009"
down_revision = "0008"

CHANGES = """
ALTER TABLE master_assets ADD COLUMN original_asset_id TEXT;
UPDATE master_assets SET original_asset_id = full_metadata->>'original_asset_id' WHERE full_metadata IS NOT NULL;
"""


def upgrade() -> None:
    op.get_bind().exec_driver_sql(CHANGES)
