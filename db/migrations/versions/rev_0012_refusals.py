"""Files that were refused, to be found by their names."""

from alembic import op

revision = "0012"
down_revision = "0008"

INDEX = """
CREATE INDEX ix_asset_events_refused ON asset_events (lower(detail->>'name')) WHERE event_type = 'file_refused';
"""


def upgrade() -> None:
    op.get_bind().exec_driver_sql(INDEX)
