"""The outbox: each message once, sent at least once, given up late and never in silence."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from db.engine import Store
from db.models import OutboxMessage
from db.repositories import outbox
from db.repositories.outbox import backoff, claim_due, enqueue
from domain.errors import StoreError

NOW = datetime.now(UTC)


def after(**duration: float) -> datetime:
    return NOW + timedelta(**duration)


def put(session: Session, key: str = "k1") -> bool:
    return enqueue(
        session, key=key, channel="mail", template="a1_to_a2_complete", audience="success", payload={"number": "C1"}
    )


def claim(session: Session, now: datetime = NOW, limit: int = 10) -> list[OutboxMessage]:
    return claim_due(session, now=now, limit=limit, claim_s=120)


def parked(session: Session, key: str = "k1") -> OutboxMessage:
    """Return a message that was given up."""
    put(session, key)
    (message,) = claim(session)
    outbox.mark_failed(session, message.id, "no", after(days=4))
    return message


def test_a_message_with_a_known_key_is_not_taken_again(session: Session):
    assert put(session) is True
    assert put(session) is False
    assert len(claim(session)) == 1


def test_a_message_is_not_taken_again_after_it_was_sent(session: Session):
    put(session)
    (message,) = claim(session)
    outbox.mark_sent(session, message.id, NOW)

    assert put(session) is False


def test_a_new_message_is_due_at_once_even_when_the_servers_clock_is_ahead(session: Session):
    put(session)

    assert len(claim(session, after(hours=-1))) == 1


def test_the_limit_holds_however_postgresql_plans_the_claim(session: Session):
    for key in "abcde":
        put(session, key)
    for way in ("hashagg", "hashjoin", "mergejoin", "sort", "material", "seqscan", "bitmapscan"):
        session.execute(text(f"SET LOCAL enable_{way} = off"))
    assert [message.key for message in claim(session, limit=2)] == ["a", "b"]


def test_messages_are_claimed_oldest_first_up_to_the_limit(session: Session):
    for key in "abc":
        put(session, key)

    assert [message.key for message in claim(session, limit=2)] == ["a", "b"]
    assert [message.key for message in claim(session, limit=2)] == ["c"]


def test_a_webhook_needs_no_audience(session: Session):
    enqueue(session, key="w", channel="webhook", template="campaign_status_update", audience=None, payload={})

    assert claim(session)[0].audience is None


def test_what_one_sender_claims_no_other_gets(store: Store, threads: ThreadPoolExecutor):
    with store.transaction() as session:
        for number in range(40):
            put(session, str(number))

    def claimed(_: int) -> list[str]:
        with store.transaction() as session:
            return [message.key for message in claim(session, limit=7)]

    keys = [key for batch in threads.map(claimed, range(8)) for key in batch]
    assert len(keys) == len(set(keys)) == 40


def test_a_message_whose_sender_died_is_due_again_after_its_claim(session: Session):
    put(session)
    claim(session)

    assert claim(session, after(seconds=119)) == []
    (message,) = claim(session, after(seconds=120))
    assert message.attempts == 2


def test_a_failed_message_waits_longer_each_time(session: Session):
    put(session)
    now = NOW
    for attempt in range(1, 6):
        (message,) = claim(session, now)
        assert outbox.mark_failed(session, message.id, "no", now) == "pending"
        assert claim(session, now + backoff(attempt) - timedelta(seconds=1)) == []
        now += backoff(attempt)

    assert (message.attempts, message.last_error) == (5, "no")


def test_the_wait_never_shrinks_and_never_exceeds_an_hour():
    waits = [backoff(attempts) for attempts in range(200)]

    assert waits == sorted(waits)
    assert waits[-1] == timedelta(hours=1)


def test_a_message_that_fails_for_days_is_parked_and_told_once(session: Session):
    put(session)
    (message,) = claim(session)

    assert outbox.mark_failed(session, message.id, "no", after(days=2)) == "pending"
    assert outbox.mark_failed(session, message.id, "still no", after(days=4)) == "parked"
    assert claim(session, after(days=9)) == []
    assert outbox.parked_untold(session) == [message]
    outbox.mark_told(session, [message.id], after(days=4))
    assert outbox.parked_untold(session) == []


def test_a_sent_message_is_not_failed_by_a_slow_second_sender(session: Session):
    put(session)
    (message,) = claim(session)
    outbox.mark_sent(session, message.id, NOW)

    assert outbox.mark_failed(session, message.id, "late", NOW) == "sent"
    session.refresh(message)
    assert (message.state, message.sent_at, message.last_error) == ("sent", NOW, None)


def test_a_parked_message_can_be_sent_again_with_its_full_time(session: Session):
    message = parked(session)

    assert outbox.requeue(session, [message.id]) == [message.id]
    assert outbox.requeue(session, [message.id]) == []
    assert claim(session) == [message]
    assert message.attempts == 1
    assert outbox.mark_failed(session, message.id, "no", after(days=2)) == "pending"


def test_only_what_is_parked_is_made_due_again(session: Session):
    first, second = parked(session, "a"), parked(session, "b")
    put(session, "waits")
    (waits,) = claim(session)
    put(session, "sent")
    (sent,) = claim(session)
    outbox.mark_sent(session, sent.id, NOW)

    assert outbox.requeue(session, [sent.id, second.id, waits.id, 99]) == [second.id]
    assert outbox.requeue_all(session) == [first.id]
    assert outbox.requeue_all(session) == []


def test_a_dropped_message_is_never_sent_and_its_fact_is_never_queued_again(session: Session):
    first, second = parked(session, "a"), parked(session, "b")
    assert outbox.drop(session, [second.id, first.id, 99], NOW, by="me@desk", reason="") == [first.id, second.id]
    assert outbox.drop(session, [first.id], NOW, by="me@desk", reason="") == []

    assert (first.state, first.dropped_at) == ("dropped", NOW)
    assert put(session, "a") is False
    assert (claim(session, after(days=9)), outbox.requeue_all(session), outbox.unsent(session)) == ([], [], [])
    assert outbox.parked_untold(session) == []


def test_only_what_is_parked_is_dropped(session: Session):
    put(session, "waits")
    (waits,) = claim(session)
    put(session, "sent")
    (sent,) = claim(session)
    outbox.mark_sent(session, sent.id, NOW)

    assert outbox.drop(session, [waits.id, sent.id], NOW, by="me@desk", reason="") == []


def test_of_two_who_send_the_parked_messages_again_at_once_each_is_one_persons(
    store: Store, threads: ThreadPoolExecutor
):
    with store.transaction() as session:
        wanted = [parked(session, str(number)).id for number in range(20)]

    def again(_: int) -> list[int]:
        with store.transaction() as session:
            return outbox.requeue(session, wanted)

    got = [each for some in threads.map(again, range(8)) for each in some]
    assert sorted(got) == wanted


def test_what_is_not_out_is_listed_oldest_first(session: Session):
    put(session, "sent")
    (sent,) = claim(session)
    outbox.mark_sent(session, sent.id, NOW)
    first = parked(session, "given up")
    put(session, "waits")

    assert [message.key for message in outbox.unsent(session)] == ["given up", "waits"]
    assert outbox.unsent(session, parked_only=True) == [first]


def test_a_message_that_is_not_there_is_an_error(session: Session):
    with pytest.raises(StoreError, match="no message with id 99"):
        outbox.mark_failed(session, 99, "no", NOW)


def test_a_message_of_a_transaction_that_failed_is_not_there(store: Store):
    with pytest.raises(KeyError), store.transaction() as session:
        put(session)
        raise KeyError

    with store.transaction() as session:
        assert claim(session) == []


def test_a_message_that_is_taken_back_may_be_queued_again(session: Session):
    put(session)
    (message,) = claim(session)
    outbox.take_back(session, message.id)

    assert put(session) is True


def test_what_is_out_cannot_be_taken_back(session: Session):
    put(session)
    (message,) = claim(session)
    outbox.mark_sent(session, message.id, NOW)
    outbox.take_back(session, message.id)

    assert put(session) is False
