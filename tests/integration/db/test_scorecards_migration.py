"""A database that held scores before there were scorecards."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import NullPool, create_engine

import db.migrations
from db import migrate
from db.engine import Store
from db.pool import conninfo
from db.repositories.scores import MASTER, score_for, store_score
from tests.integration.db.test_migrations import REPORTED
from tests.postgres import EMPTY, cloned_database

ROWS = [
    ("RAF_spot.mp4", 70, 1, "active"),
    ("RAF_SPOT.mp4", 80, 1, "active"),
    ("raf_spot.mp4", 75, 1, "superseded"),
    ("RAF_spot.mp4", 50, 2, "master-cx-score"),
    ("RAF_Spot.MP4", 55, 1, "master-cx-score"),
    ("RAF_spot.jpg", 60, 1, "active"),
    ("other.mp4", 65, 1, "active"),
]
"""In the order in which they were written."""


@pytest.fixture(scope="module")
def migrated_url(postgres: str) -> Iterator[str]:
    """A database that was at revision 0006 with these rows, and was brought up to date."""
    with cloned_database(postgres, EMPTY) as url:
        to_revision(url, "0006")
        with psycopg.connect(conninfo(url)) as connection:
            columns = "(filename, quality_score, version, status, creativex_url)"
            insert = f"INSERT INTO creativex_scores {columns} VALUES (%s, %s, %s, %s, 'https://example.com')"
            connection.cursor().executemany(insert.encode(), ROWS)
        migrate.upgrade(url)
        yield url


def to_revision(url: str, revision: str) -> None:
    """Bring an empty database to a revision that is not the newest."""
    config = Config()
    config.set_main_option("script_location", str(Path(db.migrations.__path__[0])))
    engine = create_engine("postgresql+psycopg://", poolclass=NullPool, creator=lambda: psycopg.connect(conninfo(url)))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


def query(url: str, statement: str) -> list[tuple[object, ...]]:
    with psycopg.connect(conninfo(url)) as connection:
        return connection.execute(statement.encode()).fetchall()


def test_of_names_that_differ_in_case_only_the_newest_score_stays_current(migrated_url: str):
    found = query(
        migrated_url, "SELECT filename, quality_score::int, version, status FROM creativex_scores ORDER BY id"
    )
    assert found == [
        ("RAF_spot.mp4", 70, 1, "superseded"),
        ("RAF_SPOT.mp4", 80, 1, "active"),
        ("raf_spot.mp4", 75, 1, "superseded"),
        ("RAF_spot.mp4", 50, 2, "superseded"),
        ("RAF_Spot.MP4", 55, 1, "master-cx-score"),
        ("RAF_spot.jpg", 60, 1, "active"),
        ("other.mp4", 65, 1, "active"),
    ]
    assert migrate.current(migrated_url) == migrate.head()


def test_a_score_of_such_a_name_is_found_and_the_next_one_counts_on(migrated_url: str):
    store = Store(migrated_url)
    try:
        with store.transaction() as session:
            found = score_for(session, "raf_spot.MP4")
            assert found is not None
            assert found.quality_score == 80
            master = score_for(session, "raf_spot.mp4", status=MASTER)
            assert master is not None
            assert master.quality_score == 55
            new = store_score(session, filename="RAF_spot.mp4", score=90, url=None, status="active")
            assert (new.version, new.status) == (6, "active")
            session.rollback()  # the other tests see what the migration left
    finally:
        store.close()


def test_what_old_reports_query_is_still_there(migrated_url: str):
    for table, columns in REPORTED.items():
        query(migrated_url, f"SELECT {', '.join(columns.split())} FROM {table}")
    found = query(migrated_url, "SELECT count(*) FROM creativex_scores WHERE creativex_url = 'https://example.com'")
    assert found == [(len(ROWS),)]
