"""What a stay of a campaign in a status needs to be watched and announced."""

from alembic import op

revision = "0005"
down_revision = "0004"

CHANGES = """
ALTER TABLE campaign_status
    ADD COLUMN campaign_folder_id TEXT,
    ADD COLUMN webhook_key TEXT;
CREATE UNIQUE INDEX uq_campaign_status_webhook_key ON campaign_status (webhook_key) WHERE webhook_key IS NOT NULL;
CREATE INDEX ix_campaign_status_campaign_number ON campaign_status (campaign_number);
"""


def upgrade() -> None:
    op.get_bind().exec_driver_sql(CHANGES)
