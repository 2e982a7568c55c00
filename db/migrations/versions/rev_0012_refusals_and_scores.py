"""Files that were refused, to be found by their names; scores of masters, each with its own master."""

from alembic import op

revision = "0012"
down_revision = "0011"

INDEX = """
CREATE INDEX ix_asset_events_refused ON asset_events (lower(detail->>'name')) WHERE event_type = 'file_refused';
"""

# A score was stored in the transaction in which its master arrived in Box: its moment tells whose it is, also where a
# master of the same name has superseded it. Else there must be one master of the name only.
SCORES = """
DROP INDEX uq_creativex_scores_current;
UPDATE creativex_scores AS score SET full_extraction_data = jsonb_build_object('master_tracking_id', master.tracking_id)
FROM master_assets AS master
WHERE score.status IN ('master-cx-score', 'superseded')
    AND score.box_file_id IS NULL AND score.full_extraction_data IS NULL
    AND lower(master.original_filename) = lower(score.filename) AND master.delivered_at = score.extracted_at;
UPDATE creativex_scores AS score SET full_extraction_data = jsonb_build_object('master_tracking_id', master.tracking_id)
FROM master_assets AS master
WHERE score.status = 'master-cx-score' AND score.full_extraction_data IS NULL
    AND lower(master.original_filename) = lower(score.filename) AND NOT EXISTS (
        SELECT FROM master_assets AS other
        WHERE lower(other.original_filename) = lower(score.filename) AND other.id <> master.id);
UPDATE creativex_scores AS score SET status = 'master-cx-score'
WHERE score.status = 'superseded' AND score.box_file_id IS NULL AND score.full_extraction_data ? 'master_tracking_id'
    AND NOT EXISTS (
        SELECT FROM creativex_scores AS newer
        WHERE newer.box_file_id IS NULL AND lower(newer.filename) = lower(score.filename) AND newer.id > score.id
            AND newer.full_extraction_data->>'master_tracking_id' = score.full_extraction_data->>'master_tracking_id');
CREATE UNIQUE INDEX uq_creativex_scores_current ON creativex_scores (
    lower(filename), status, coalesce(full_extraction_data->>'master_tracking_id', '')
) WHERE status <> 'superseded';
"""


def upgrade() -> None:
    op.get_bind().exec_driver_sql(INDEX)
    op.get_bind().exec_driver_sql(SCORES)
