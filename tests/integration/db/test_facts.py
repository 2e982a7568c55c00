"""Facts: told once for as long as they hold."""

from datetime import UTC, datetime, timedelta

from sqlalchemy.orm import Session

from db.repositories import facts

NOW = datetime(2026, 1, 2, 3, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)


def test_a_fact_that_holds_keeps_when_it_was_first_seen_and_told(session: Session):
    facts.observe(session, "empty/C1", "d", NOW)
    facts.mark_told(session, "empty/C1", NOW)
    fact = facts.observe(session, "empty/C1", "d", LATER)

    assert (fact.first_seen_at, fact.last_seen_at, fact.told_at) == (NOW, LATER, NOW)


def test_a_fact_that_changed_is_new(session: Session):
    facts.observe(session, "errors/C1", "one", NOW)
    facts.mark_told(session, "errors/C1", NOW)
    fact = facts.observe(session, "errors/C1", "two", LATER)

    assert (fact.first_seen_at, fact.told_at, fact.digest) == (LATER, None, "two")


def test_a_fact_that_comes_back_is_new(session: Session):
    facts.observe(session, "empty/C1", "d", NOW)
    facts.forget(session, "empty/C1")

    assert facts.observe(session, "empty/C1", "d", LATER).first_seen_at == LATER
