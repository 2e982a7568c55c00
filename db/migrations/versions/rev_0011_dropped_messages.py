"""Messages that are let go: never sent, and their facts never told again."""

from alembic import op

revision = "0011"
down_revision = "0010"

COLUMN = """
ALTER TABLE outbox
    ADD COLUMN dropped_at TIMESTAMPTZ,
    DROP CONSTRAINT ck_outbox_state,
    ADD CONSTRAINT ck_outbox_state CHECK (state IN ('pending', 'sent', 'parked', 'dropped'));
"""


def upgrade() -> None:
    op.get_bind().exec_driver_sql(COLUMN)
