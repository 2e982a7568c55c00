"""The values of the DAM's lookup domains: kept until they are too old."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.engine import Store
from db.models import LookupDomain
from db.repositories.lookup_domains import keep_values, kept_values

NOW = datetime(2026, 1, 2, 3, tzinfo=UTC)
TICK = timedelta(microseconds=1)
COUNTRIES = "DOMAIN.COUNTRIES"


def test_a_domain_that_was_never_read_has_no_kept_values(session: Session):
    assert kept_values(session, COUNTRIES, since=NOW) is None


@pytest.mark.parametrize("values", [["DE", "FR"], ["Z", "A", "A^B"], []])
def test_values_are_kept_as_they_were_read(session: Session, values: list[str]):
    keep_values(session, COUNTRIES, values, NOW)
    assert kept_values(session, COUNTRIES, since=NOW) == values


def test_values_that_were_read_earlier_are_too_old(session: Session):
    keep_values(session, COUNTRIES, ["DE"], NOW)
    assert kept_values(session, COUNTRIES, since=NOW + TICK) is None


def test_values_of_one_domain_are_not_those_of_another(session: Session):
    keep_values(session, COUNTRIES, ["DE"], NOW)
    keep_values(session, "domain.countries", ["fr"], NOW)
    assert kept_values(session, COUNTRIES, since=NOW) == ["DE"]
    assert kept_values(session, "DOMAIN.LANGUAGES", since=NOW) is None


def test_values_that_are_read_again_replace_the_old_ones(session: Session):
    keep_values(session, COUNTRIES, ["DE", "YU"], NOW)
    keep_values(session, COUNTRIES, ("DE",), NOW + TICK)
    assert kept_values(session, COUNTRIES, since=NOW + TICK) == ["DE"]


def test_a_session_that_has_seen_the_old_values_sees_those_of_another_run(store: Store):
    with store.transaction() as ours:
        keep_values(ours, COUNTRIES, ["YU"], NOW)
    with store.transaction() as ours:
        held = ours.get_one(LookupDomain, COUNTRIES)
        assert held.value_ids == ["YU"]
        with store.transaction() as other:
            keep_values(other, COUNTRIES, ["DE"], NOW)
        assert kept_values(ours, COUNTRIES, since=NOW) == ["DE"]


def test_runs_that_read_a_domain_at_once_keep_the_answer_of_one(store: Store, threads: ThreadPoolExecutor):
    def keep(number: int) -> None:
        with store.transaction() as session:
            keep_values(session, COUNTRIES, [str(number)] * 2, NOW)

    list(threads.map(keep, range(16)))
    with store.transaction() as session:
        assert session.scalar(select(func.count()).select_from(LookupDomain)) == 1
        values = kept_values(session, COUNTRIES, since=NOW)
    assert values in [[str(number)] * 2 for number in range(16)]
