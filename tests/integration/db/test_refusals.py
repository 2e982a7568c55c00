"""Files that were refused, found by their names."""

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from db.repositories.refusals import refusals_called
from tests.integration.storybook import Storybook

NAME = "1234567_raf_Café.mp4"


@pytest.mark.parametrize("typed", [NAME, NAME.upper(), NAME.replace("é", "e\u0301")])
def test_a_refused_file_is_found_by_its_name_with_when_and_why(session: Session, typed: str):
    book = Storybook(session)
    for reason in (f"{NAME}: first", "second", "third"):
        book.refused(NAME, reason)
    book.refused("other.mp4", "other")
    assert [(each.name, each.reason) for each in refusals_called(session, typed, 9)] == [
        (NAME, "third"), (NAME, "second"), (NAME, "first"),
    ]  # fmt: skip
    assert [each.reason for each in refusals_called(session, typed, 1)] == ["third"]


def test_what_has_failed_under_a_master_is_no_refusal(session: Session):
    book = Storybook(session)
    book.event(book.master("aB3xY9", "a.png"), "derivative_failed", name=NAME, reason="cut")
    assert refusals_called(session, NAME, 9) == []


def test_an_index_finds_it_among_all_that_has_happened(session: Session):
    Storybook(session).refused(NAME, "cut")
    session.execute(
        text("INSERT INTO asset_events (event_type, detail) SELECT 'delivered', '{}' FROM generate_series(1, 20000)")
    )
    session.connection().exec_driver_sql("ANALYZE asset_events")
    session.execute(text("SET LOCAL plan_cache_mode = force_generic_plan"))
    before = reads(session)
    assert refusals_called(session, NAME, 9)
    assert reads(session) > before


def reads(session: Session) -> int:
    """How often the index was read in this transaction."""
    count = "SELECT pg_stat_get_xact_numscans('ix_asset_events_refused'::regclass)"
    return int(session.execute(text(count)).scalar_one())
