"""The audit trail."""

from collections.abc import Callable

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from db.models import AssetEvent
from db.repositories.events import (
    count_events,
    events_of_asset,
    events_of_campaign,
    last_events_of_campaign,
    newest_events,
    record_event,
)


def test_events_are_found_by_asset_and_by_campaign_in_their_order(session: Session):
    record_event(session, tracking_id="AAAAAA", event_type="delivered", detail={"box": "1"}, campaign_number="C1")
    record_event(session, tracking_id=None, event_type="moved", detail={}, campaign_number="C1", run_id="r1")
    record_event(session, tracking_id="aaaaaa", event_type="delivered", detail={})

    assert [(event.event_type, event.detail) for event in events_of_asset(session, "AAAAAA")] == [
        ("delivered", {"box": "1"})
    ]
    assert [(event.event_type, event.run_id) for event in events_of_campaign(session, "C1")] == [
        ("delivered", None),
        ("moved", "r1"),
    ]


def test_the_newest_events_of_a_campaign_come_in_their_order(session: Session):
    for event_type in ("a", "b", "c"):
        record_event(session, tracking_id=None, event_type=event_type, detail={}, campaign_number="C1")
    record_event(session, tracking_id=None, event_type="d", detail={}, campaign_number="C2")

    assert [event.event_type for event in last_events_of_campaign(session, "C1", 2)] == ["b", "c"]


def test_events_can_be_turned_over_page_by_page_the_newest_first(session: Session):
    for event_type in ("a", "b", "c"):
        record_event(session, tracking_id="AAAAAA", event_type=event_type, detail={}, campaign_number="C1")
    record_event(session, tracking_id="aaaaaa", event_type="d", detail={}, campaign_number="C1")

    def page(skip: int, **about: str) -> list[str]:
        return [event.event_type for event in newest_events(session, skip=skip, limit=2, **about)]

    assert (count_events(session, tracking_id="AAAAAA"), count_events(session, campaign_number="C1")) == (3, 4)
    assert [page(skip, tracking_id="AAAAAA") for skip in (0, 2, 4)] == [["c", "b"], ["a"], []]
    assert page(0, campaign_number="C1") == ["d", "c"]


def newest(session: Session, campaign_number: str, limit: int) -> list[AssetEvent]:
    """The first page of a campaign's entries."""
    return newest_events(session, skip=0, limit=limit, campaign_number=campaign_number)


@pytest.mark.parametrize("read", [newest, last_events_of_campaign])
def test_of_a_campaign_that_was_quiet_for_long_the_newest_are_read_and_not_all_that_came_after(
    session: Session, read: Callable[[Session, str, int], list[AssetEvent]]
):
    session.execute(
        text(
            "INSERT INTO asset_events (campaign_number, event_type, event_timestamp)"
            " SELECT CASE WHEN mod(i, 20) = 0 AND i <= 30000 THEN 'C1' ELSE 'C2' END, 'delivered',"
            " now() - interval '1 year' + i * interval '1 minute' FROM generate_series(1, 60000) i"
        )
    )
    session.execute(text("ANALYZE asset_events"))
    before = reads(session)
    assert len(read(session, "C1", 50)) == 50
    assert reads(session) > before


def reads(session: Session) -> int:
    """How often this transaction has read the index of campaigns and moments."""
    count = "SELECT pg_stat_get_xact_numscans('ix_asset_events_campaign_number_event_timestamp'::regclass)"
    return int(session.execute(text(count)).scalar_one())


@pytest.mark.parametrize(
    "statement", ["UPDATE asset_events SET event_type = 'x'", "DELETE FROM asset_events", "TRUNCATE asset_events"]
)
def test_the_audit_trail_cannot_be_changed(session: Session, statement: str):
    record_event(session, tracking_id="AAAAAA", event_type="delivered", detail={})

    with pytest.raises(DBAPIError, match="append-only"), session.begin_nested():
        session.execute(text(statement))
    assert len(events_of_asset(session, "AAAAAA")) == 1
