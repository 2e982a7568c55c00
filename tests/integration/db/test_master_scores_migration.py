"""A database that held scores of masters by their names alone."""

import psycopg
import pytest

from db import migrate
from db.pool import conninfo
from tests.integration.db.test_scorecards_migration import query, to_revision
from tests.postgres import EMPTY, cloned_database

BEFORE = """
INSERT INTO master_assets (tracking_id, opentext_id, original_filename, local_campaign_id, delivered_at)
VALUES ('Kv0001', 'd1', 'KV.tif', 'C1', '2026-03-01 08:00Z'), ('Kv0002', 'd2', 'kv.tif', 'C2', '2026-03-02 08:00Z'),
    ('Own001', 'd3', 'Own.tif', 'C2', '2026-03-03 08:00Z'), ('Twn001', 'd4', 'Twin.tif', 'C1', NULL),
    ('Twn002', 'd5', 'Twin.tif', 'C2', NULL);
INSERT INTO creativex_scores (filename, quality_score, version, status, extracted_at, box_file_id, full_extraction_data)
VALUES ('KV.tif', 61, 1, 'superseded', '2026-03-01 08:00Z', NULL, NULL),
    ('kv.tif', 62, 2, 'master-cx-score', '2026-03-02 08:00Z', NULL, NULL),
    ('Own.tif', 63, 1, 'master-cx-score', '2026-02-01 08:00Z', NULL, NULL),
    ('Twin.tif', 64, 1, 'master-cx-score', '2026-02-01 08:00Z', NULL, NULL),
    ('KV.tif', 65, 3, 'superseded', '2026-03-01 08:00Z', '7', '{"score": 65}'),
    ('old.mp4', 66, 1, 'active', '2026-03-01 08:00Z', NULL, NULL);
"""


def test_each_score_of_a_master_becomes_its_own_where_that_can_be_told(postgres: str):
    with cloned_database(postgres, EMPTY) as url:
        to_revision(url, "0008")
        with psycopg.connect(conninfo(url)) as connection:
            connection.execute(BEFORE.encode())
        migrate.upgrade(url)
        found = query(
            url,
            "SELECT quality_score::int, version, status, full_extraction_data->>'master_tracking_id'"
            " FROM creativex_scores ORDER BY quality_score",
        )
        assert found == [
            (61, 1, "master-cx-score", "Kv0001"),
            (62, 2, "master-cx-score", "Kv0002"),
            (63, 1, "master-cx-score", "Own001"),
            (64, 1, "master-cx-score", None),
            (65, 3, "superseded", None),
            (66, 1, "active", None),
        ]
        with pytest.raises(psycopg.errors.UniqueViolation):
            query(
                url,
                "INSERT INTO creativex_scores (filename, version, status) VALUES ('OLD.mp4', 9, 'active') RETURNING id",
            )
