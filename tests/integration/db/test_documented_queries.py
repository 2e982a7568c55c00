"""The SQL that the pages give to people, run on a database in which there is something of everything."""

from collections.abc import Iterator
from typing import Any, LiteralString

import psycopg
import pytest
from sqlalchemy.orm import Session

from db.engine import Store
from db.pool import conninfo
from tests.documents import ROOT, Page
from tests.integration.a_day import SPRING, SUMMER, Day

FIELD = {"id": "ARTESIA.FIELD.ASSET NAME", "type": "com.artesia.metadata.MetadataField", "value": {"value": "x"}}
METADATA = {"name": "Film.mp4", "metadata": {"metadata_element_list": [{"id": "C1", "metadata_element_list": [FIELD]}]}}
QUERIES = Page(ROOT / "docs" / "database.md").blocks("sql")
TAKE_OVER = Page(ROOT / "docs" / "operators.md").blocks("sql")


@pytest.fixture
def old(store: Store, session: Session) -> Iterator[psycopg.Connection[tuple[Any, ...]]]:
    """A connection of its own to a full database; what is written over it is not kept."""
    _write(Day(session))
    session.commit()
    with psycopg.connect(conninfo(store.url)) as connection:
        yield connection
        connection.rollback()


@pytest.mark.parametrize("statement", QUERIES, ids=range(1, len(QUERIES) + 1))
def test_a_statement_for_reports_runs_and_a_query_finds_something(
    old: psycopg.Connection[tuple[Any, ...]], statement: LiteralString
):
    cursor = old.execute(statement)
    assert cursor.description is None or cursor.fetchall()


def test_the_statements_of_a_take_over_write_a_row_each_and_those_of_a_roll_back_find_them(
    old: psycopg.Connection[tuple[Any, ...]],
):
    for statement in TAKE_OVER:
        cursor = old.execute(statement)
        assert cursor.rowcount == 1 if cursor.description is None else "BJP4ho" in str(cursor.fetchall())


def test_the_pages_give_statements():
    assert len(QUERIES) > 20
    assert len(TAKE_OVER) > 4


def _write(day: Day) -> None:
    day.stay(SPRING, "A2", 50)
    day.move(SUMMER, "A3", "A4", 30, "set-campaign-status")
    day.event("status_changed", 30, SUMMER, **{"from": "A3", "to": "A4"}, by="ana@desk", reason="late", forced=False)
    day.sql("UPDATE campaign_status SET webhook_sent = true, webhook_sent_at = now() WHERE status = 'A4'")
    film = day.master("aaaaa1", 50, full_metadata=METADATA)
    day.master("aaaaa2", 49)
    day.derivative(film, "Late.mp4", 5, 4)
    day.derivative(film, "Broken.png", 3, upload_status="failed", retry_count=2, last_error="it is cut")
    day.event("file_refused", 3, reason="it is cut")
    day.rejection(film, "Late.mp4", 2)
    day.sql("""UPDATE rejected_assets SET verdicts = '[{"reviewer": "Legal", "comment": "Too loud."}]'""")
    day.card("Late.mp4", 2, "72.5")
    day.sql("INSERT INTO workflow_state VALUES ('a1-to-a2', :number, 'A2', now())", number=SPRING)
    day.ran("a2-to-a3", 3, failed=["1"])
    day.message("1", 2)
