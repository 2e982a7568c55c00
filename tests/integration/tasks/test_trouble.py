"""Trouble of a campaign in the database: each told by one mail for as long as it lasts."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from db.models import Fact, OutboxMessage
from db.repositories.moves import plan_move
from domain.routes import LOCAL_MASTERS
from tasks.telling import tell_moved
from tasks.trouble import BLIP, Trouble

FACTS: dict[str, Any] = {"environment": "staging"}
HOUR = timedelta(hours=1)


@pytest.fixture
def trouble(session: Session) -> Trouble:
    """The trouble of one campaign."""
    return Trouble.of_campaign(session, LOCAL_MASTERS, "C000000078")


def told(session: Session) -> list[str]:
    """Templates of the mails so far."""
    return list(session.scalars(select(OutboxMessage.template).order_by(OutboxMessage.id)))


def age(session: Session, by: timedelta) -> None:
    """Let every trouble have begun so much earlier."""
    session.execute(update(Fact).values(first_seen_at=Fact.first_seen_at - by))


def test_a_trouble_is_new_once_and_told_once(session: Session, trouble: Trouble):
    assert trouble.tell("partial", ["a"], FACTS)
    assert not trouble.tell("partial", ["a"], FACTS)
    assert told(session) == ["a1_to_a2_partial"]


def test_the_order_of_its_signs_does_not_make_a_trouble_another(session: Session, trouble: Trouble):
    trouble.tell("partial", ["a", "b"], FACTS)
    assert not trouble.tell("partial", ["b", "a"], FACTS)


def test_another_trouble_of_the_kind_is_told_again(session: Session, trouble: Trouble):
    trouble.tell("stuck", ["no folder"], FACTS)
    assert trouble.tell("stuck", ["two folders"], FACTS)
    assert told(session) == ["campaign_failed", "campaign_failed"]


def test_patience_is_counted_from_the_first_sight(session: Session, trouble: Trouble):
    trouble.tell("empty", (), FACTS, after=HOUR)
    assert told(session) == []
    age(session, HOUR)
    trouble.tell("empty", (), FACTS, after=HOUR)
    trouble.tell("empty", (), FACTS, after=HOUR)
    assert told(session) == ["a1_to_a2_no_assets"]


def test_a_trouble_of_another_kind_ends_the_one_before(session: Session, trouble: Trouble):
    trouble.tell("empty", (), FACTS)
    trouble.tell("partial", ["a"], FACTS)
    trouble.tell("empty", (), FACTS)
    assert told(session) == ["a1_to_a2_no_assets", "a1_to_a2_partial", "a1_to_a2_no_assets"]


def test_a_passing_trouble_does_not_end_a_lasting_one(session: Session, trouble: Trouble):
    trouble.tell("partial", ["a"], FACTS)
    assert trouble.tell_passing("stuck", FACTS)
    assert trouble.tell_passing("partial", FACTS)
    assert not trouble.tell("partial", ["a"], FACTS)
    assert told(session) == ["a1_to_a2_partial"]


def test_a_passing_trouble_is_told_once_when_it_does_not_pass(session: Session, trouble: Trouble):
    trouble.tell_passing("stuck", FACTS)
    age(session, BLIP)
    trouble.tell_passing("stuck", FACTS)
    trouble.tell_passing("stuck", FACTS)
    assert told(session) == ["campaign_failed"]


def test_a_passing_trouble_that_passed_begins_anew(session: Session, trouble: Trouble):
    trouble.tell_passing("stuck", FACTS)
    age(session, BLIP)
    trouble.tell("partial", ["a"], FACTS)
    trouble.tell_passing("stuck", FACTS)
    assert told(session) == ["a1_to_a2_partial"]


def test_nothing_is_left_of_a_campaign_that_is_well_again(session: Session, trouble: Trouble):
    other = Trouble.of_campaign(session, LOCAL_MASTERS, "C000000079")
    other.tell("partial", ["a"], FACTS)
    for kind in ("empty", "partial", "stuck"):
        trouble.tell(kind, (), FACTS)
        trouble.tell_passing(kind, FACTS)
    trouble.clear()
    assert [fact.key for fact in session.scalars(select(Fact))] == ["a1-to-a2/C000000079/partial"]


def test_a_move_ends_also_what_a_campaign_met_while_it_had_no_number(session: Session):
    Trouble.of_campaign(session, LOCAL_MASTERS, "folder").tell("stuck", ["no number"], FACTS)
    move = plan_move(
        session,
        workflow="a1-to-a2",
        campaign_number="C000000078",
        campaign_folder_id="folder",
        campaign_name="Spring",
        from_status="A1",
        to_status="A2",
        detail={},
    )
    tell_moved(session, move, LOCAL_MASTERS, assets=0, facts=FACTS)
    assert list(session.scalars(select(Fact))) == []
