"""Events of Box, kept until they are handled."""

from sqlalchemy.orm import Session

from db.engine import Store
from db.models import BoxEvent
from db.repositories.inbox import mark_handled, mark_started, store_event, unhandled_events
from domain.box_webhooks import UploadEvent


def event(event_id: str = "e-1", file_id: str = "42", name: str = "a.mp4") -> UploadEvent:
    return UploadEvent(event_id, "FILE.UPLOADED", file_id, name, "da39", "12", ("0", "12"), "7")


def waiting(session: Session, **choice) -> list[str]:
    return [found.event_id for found in unhandled_events(session, **choice)]


def test_an_event_is_kept_once(session: Session):
    assert store_event(session, event())
    assert not store_event(session, event(name="other.mp4"))
    (found,) = unhandled_events(session)
    assert (found.file_id, found.started_at, found.run_id, found.handled_at) == ("42", None, None, None)
    assert found.body["file_name"] == "a.mp4"
    assert found.body["path_ids"] == ["0", "12"]


def test_a_name_that_postgresql_would_refuse_is_kept(session: Session):
    assert store_event(session, event(name='☕ \N{REPLACEMENT CHARACTER} "\\" \x1f.mp4'))
    assert unhandled_events(session)[0].body["file_name"].startswith("☕")


def test_events_wait_oldest_first_until_they_are_handled(store: Store):
    for event_id, file_id in (("b", "1"), ("a", "2"), ("c", "1")):
        with store.transaction() as session:
            store_event(session, event(event_id, file_id))
    with store.transaction() as session:
        assert waiting(session) == ["b", "a", "c"]
        assert waiting(session, file_ids=["1"]) == ["b", "c"]
        assert waiting(session, file_ids=[]) == []
        mark_handled(session, ["b", "unknown"])
        mark_handled(session, [])
        assert waiting(session) == ["a", "c"]


def test_an_event_that_was_handled_is_not_kept_again(session: Session):
    store_event(session, event())
    mark_handled(session, ["e-1"])
    assert not store_event(session, event())
    assert waiting(session) == []


def test_an_event_whose_run_was_started_waits_all_the_same(store: Store):
    with store.transaction() as session:
        store_event(session, event())
        mark_started(session, ["e-1"], "run-1")
    with store.transaction() as session:
        (found,) = unhandled_events(session)
    assert found.run_id == "run-1"
    assert found.started_at is not None


def test_an_event_stays_handled_since_the_first_time(store: Store):
    with store.transaction() as session:
        store_event(session, event())
        mark_handled(session, ["e-1"])
    first = _handled_at(store)
    with store.transaction() as session:
        mark_handled(session, ["e-1"])
    assert _handled_at(store) == first is not None


def _handled_at(store: Store) -> object:
    with store.transaction() as session:
        found = session.get_one(BoxEvent, "e-1")
        return found.handled_at
