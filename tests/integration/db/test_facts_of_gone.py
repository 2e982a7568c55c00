"""Facts about subjects that are gone are forgotten, and no others."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import Fact
from db.repositories.facts import forget_others, observe

NOW = datetime(2026, 1, 2, 3, tzinfo=UTC)


def observed(session: Session, *keys: str) -> None:
    """Let these facts hold."""
    for key in keys:
        observe(session, key, "d", NOW)


def left(session: Session) -> list[str]:
    """The facts that are still known."""
    return sorted(session.scalars(select(Fact.key)))


def test_of_a_subject_that_is_there_every_fact_stays(session: Session):
    observed(session, "home/file/1/refused", "home/file/1/remark", "home/file/2/refused")
    forget_others(session, "home/file", ["1", "2", "3"])
    assert left(session) == ["home/file/1/refused", "home/file/1/remark", "home/file/2/refused"]


def test_of_a_subject_that_is_gone_every_fact_is_forgotten(session: Session):
    observed(session, "home/file/1/refused", "home/file/2/refused", "home/file/2/refused-for-now", "home/file/2/remark")
    forget_others(session, "home/file", ["1"])
    assert left(session) == ["home/file/1/refused"]


def test_where_nothing_is_there_everything_is_forgotten(session: Session):
    observed(session, "home/file/1/refused", "home/file/2/refused")
    forget_others(session, "home/file", [])
    assert left(session) == []


@pytest.mark.parametrize("there", ["1", "123", "2"])
def test_a_subject_is_not_taken_for_one_whose_id_it_begins_or_ends(session: Session, there: str):
    observed(session, "home/file/12/refused")
    forget_others(session, "home/file", [there])
    assert left(session) == []


@pytest.mark.parametrize(
    "key",
    ["home/C000000078/stuck", "away/file/1/refused", "home/files/1/refused", "home/file", "x/home/file/1/refused"],
)
def test_facts_that_are_not_below_the_prefix_stay(session: Session, key: str):
    observed(session, key)
    forget_others(session, "home/file", [])
    assert left(session) == [key]


def test_a_prefix_is_no_pattern(session: Session):
    observed(session, "way_home/file/1/refused", "wayXhome/file/1/refused", "%/file/1/refused")
    forget_others(session, "way_home/file", [])
    forget_others(session, "%/file", [])
    assert left(session) == ["wayXhome/file/1/refused"]
