"""When the contents of derivatives were handed in, so that an older one does not take a newer one's place.

Of what is there already nobody knows: until other content arrives, any file counts as the newer one.
"""

from alembic import op

revision = "0010"
down_revision = "0009"

CHANGES = """
ALTER TABLE derivative_assets
    ADD COLUMN handed_in_at TIMESTAMPTZ,
    ADD COLUMN dam_handed_in_at TIMESTAMPTZ;
"""


def upgrade() -> None:
    op.get_bind().exec_driver_sql(CHANGES)
