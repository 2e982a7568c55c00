"""A database that held masters before their versions were told apart."""

import psycopg

from db import migrate
from db.pool import conninfo
from tests.integration.db.test_scorecards_migration import query, to_revision
from tests.postgres import EMPTY, cloned_database

INSERT = (
    "INSERT INTO master_assets (tracking_id, opentext_id, local_campaign_id, original_filename, full_metadata)"
    " VALUES (%s, %s, 'C000000078', 'a.png', %s)"
)
READ = '{"asset_id": "v2", "original_asset_id": "v1"}'


def test_masters_that_were_read_know_which_asset_they_are_a_version_of(postgres: str):
    with cloned_database(postgres, EMPTY) as url:
        to_revision(url, "0008")
        with psycopg.connect(conninfo(url)) as connection:
            connection.cursor().executemany(INSERT, [("aaaaa1", "v2", READ), ("aaaaa2", "w1", None)])
        migrate.upgrade(url)
        found = query(url, "SELECT opentext_id, original_asset_id FROM master_assets ORDER BY id")
        assert found == [("v2", "v1"), ("w1", None)]
