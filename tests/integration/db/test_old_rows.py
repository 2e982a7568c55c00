"""Rows that have had their time go, and what was told stays told."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import text
from sqlalchemy.orm import Session

from db.engine import Store
from db.models import BoxEvent, OutboxMessage, RunSummary
from db.repositories.inbox import mark_handled, store_event
from db.repositories.old_rows import OldRows, count_old, let_go
from db.repositories.outbox import claim_due, drop, enqueue, mark_failed, mark_sent, requeue
from db.repositories.run_summaries import keep_summary
from domain.box_webhooks import UploadEvent

NOW = datetime.now(UTC)
OLD, BEFORE = NOW - timedelta(days=100), NOW - timedelta(days=90)


def put(session: Session, key: str) -> int:
    enqueue(session, key=key, channel="mail", template="upload_failed", audience="errors", payload={"number": "C1"})
    session.flush()
    return session.query(OutboxMessage).filter_by(key=key).one().id


def sent(session: Session, key: str, at: datetime) -> int:
    message_id = put(session, key)
    mark_sent(session, message_id, at)
    return message_id


def payloads(session: Session) -> dict[str, object]:
    session.expire_all()
    return {message.key: message.payload for message in session.query(OutboxMessage)}


def test_a_message_sent_long_ago_is_emptied_and_its_fact_is_never_told_again(session: Session):
    old = sent(session, "old", OLD)
    session.execute(text("UPDATE outbox SET last_error = 'once'"))
    sent(session, "young", NOW)
    assert count_old(session, OldRows.MESSAGES, BEFORE) == 1
    assert let_go(session, OldRows.MESSAGES, BEFORE, limit=10) == 1
    assert payloads(session) == {"old": {}, "young": {"number": "C1"}}
    emptied = session.get_one(OutboxMessage, old)
    assert (emptied.state, emptied.sent_at, emptied.last_error) == ("sent", OLD, None)

    assert not enqueue(session, key="old", channel="mail", template="x", audience="errors", payload={"number": "C1"})
    assert claim_due(session, now=NOW, limit=10, claim_s=0) == []
    assert payloads(session)["old"] == {}


def test_a_message_dropped_long_ago_is_emptied_too(session: Session):
    for key, at in (("old", OLD), ("young", NOW)):
        number = put(session, key)
        mark_failed(session, number, "refused", NOW + timedelta(days=4))
        assert drop(session, [number], at, by="me@desk", reason="") == [number]
    assert let_go(session, OldRows.MESSAGES, BEFORE, limit=10) == 1
    assert payloads(session) == {"old": {}, "young": {"number": "C1"}}


def test_emptied_messages_are_not_counted_again(session: Session):
    sent(session, "old", OLD)
    let_go(session, OldRows.MESSAGES, BEFORE, limit=10)
    assert count_old(session, OldRows.MESSAGES, BEFORE) == let_go(session, OldRows.MESSAGES, BEFORE, limit=10) == 0


def test_messages_that_wait_or_were_given_up_keep_what_they_have_to_tell(session: Session):
    put(session, "waits")
    parked = put(session, "parked")
    assert mark_failed(session, parked, "refused", NOW + timedelta(days=4)) == "parked"
    session.execute(text("UPDATE outbox SET created_at = now() - interval '1 year'"))
    assert let_go(session, OldRows.MESSAGES, BEFORE, limit=10) == 0
    assert requeue(session, [parked]) == [parked]
    assert payloads(session) == {"waits": {"number": "C1"}, "parked": {"number": "C1"}}


def test_events_of_box_go_once_they_were_handled_long_ago(session: Session):
    for event_id in ("old", "young", "waits"):
        store_event(session, UploadEvent(event_id, "FILE.UPLOADED", "42", "a.mp4", "da39", "12", ("0",), "7"))
    mark_handled(session, ["old", "young"])
    session.execute(text("UPDATE box_events SET received_at = now() - interval '1 year'"))
    session.execute(text("UPDATE box_events SET handled_at = :old WHERE event_id = 'old'"), {"old": OLD})
    assert count_old(session, OldRows.EVENTS, BEFORE) == let_go(session, OldRows.EVENTS, BEFORE, limit=10) == 1
    assert {event_id for (event_id,) in session.query(BoxEvent.event_id)} == {"young", "waits"}


def test_summaries_of_runs_go_by_when_the_runs_ended(session: Session):
    for run_id in ("old", "young"):
        keep_summary(
            session, run_id=run_id, workflow="a4-live", started_at=OLD, in_trouble=False, headline="", counts={}
        )
    session.execute(text("UPDATE run_summaries SET ended_at = :old WHERE run_id = 'old'"), {"old": OLD})
    assert count_old(session, OldRows.SUMMARIES, BEFORE) == let_go(session, OldRows.SUMMARIES, BEFORE, limit=10) == 1
    assert [run_id for (run_id,) in session.query(RunSummary.run_id)] == ["young"]


def test_rows_go_in_batches_and_those_that_somebody_holds_are_left_for_another_time(store: Store):
    with store.transaction() as session:
        held, *_ = [sent(session, key, OLD) for key in "abc"]
    with store.transaction() as other:
        other.execute(text("SELECT 1 FROM outbox WHERE id = :id FOR UPDATE"), {"id": held})
        with store.transaction() as session:
            assert [let_go(session, OldRows.MESSAGES, BEFORE, limit=1) for _ in range(3)] == [1, 1, 0]
    with store.transaction() as session:
        assert let_go(session, OldRows.MESSAGES, BEFORE, limit=10) == 1
