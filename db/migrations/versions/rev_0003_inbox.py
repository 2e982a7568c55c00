"""Which run was started for an event of Box."""

from alembic import op

revision = "0003"
down_revision = "0002"

COLUMNS = "ALTER TABLE box_events ADD COLUMN started_at TIMESTAMPTZ, ADD COLUMN run_id TEXT"


def upgrade() -> None:
    op.get_bind().exec_driver_sql(COLUMNS)
