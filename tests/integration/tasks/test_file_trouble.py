"""Trouble of a file that was handed in: told by one mail and one remark beside it, for as long as it lasts."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from db.models import Fact, OutboxMessage
from domain.routes import DERIVATIVES
from tasks.trouble import BLIP, Trouble, digest_of, forget_files_but

FACTS: dict[str, Any] = {"environment": "staging"}
CAMPAIGN = "C000000078"
REFUSED, OTHER = digest_of(("1", "no ratio")), digest_of(("2", "no ratio"))


@pytest.fixture
def trouble(session: Session) -> Trouble:
    """The trouble of one file."""
    return Trouble.of_file(session, "77", CAMPAIGN)


def told(session: Session) -> list[tuple[str, str, str | None]]:
    """Template, audience and campaign of the mails so far."""
    mails = select(OutboxMessage.template, OutboxMessage.audience, OutboxMessage.campaign_number)
    return [tuple(mail) for mail in session.execute(mails.order_by(OutboxMessage.id))]


def known(session: Session) -> list[str]:
    """Keys of the facts that are known."""
    return sorted(session.scalars(select(Fact.key)))


def age(session: Session, by: timedelta) -> None:
    """Let every trouble have begun so much earlier."""
    session.execute(update(Fact).values(first_seen_at=Fact.first_seen_at - by))


MAIL = ("upload_failed", "errors", CAMPAIGN)


def test_a_trouble_is_new_once_and_told_once(session: Session, trouble: Trouble):
    assert trouble.tell("refused", ["1", "no ratio"], FACTS)
    assert not trouble.tell("refused", ["1", "no ratio"], FACTS)
    assert told(session) == [MAIL]


def test_a_file_of_no_campaign_is_told_of_without_one(session: Session):
    Trouble.of_file(session, "77", None).tell("refused", ["1", "no ratio"], FACTS)
    assert told(session) == [("upload_failed", "errors", None)]


def test_a_trouble_stays_told_when_its_campaign_becomes_known(session: Session, trouble: Trouble):
    assert Trouble.of_file(session, "77", None).tell("refused", ["1", "no ratio"], FACTS)
    assert not trouble.tell("refused", ["1", "no ratio"], FACTS)


@pytest.mark.parametrize("signs", [["2", "no ratio"], ["1", "no brand"]], ids=["another content", "another reason"])
def test_another_trouble_is_told_again(session: Session, trouble: Trouble, signs: list[str]):
    trouble.tell("refused", ["1", "no ratio"], FACTS)
    assert trouble.tell("refused", signs, FACTS)
    assert told(session) == [MAIL, MAIL]


def test_the_trouble_of_each_file_is_its_own(session: Session, trouble: Trouble):
    trouble.tell("refused", ["1", "no ratio"], FACTS)
    assert Trouble.of_file(session, "7", CAMPAIGN).tell("refused", ["1", "no ratio"], FACTS)
    assert told(session) == [MAIL, MAIL]


def test_a_passing_trouble_is_told_once_when_it_does_not_pass(session: Session, trouble: Trouble):
    assert trouble.tell_passing("refused", FACTS)
    assert told(session) == []
    age(session, BLIP)
    trouble.tell_passing("refused", FACTS)
    trouble.tell_passing("refused", FACTS)
    assert told(session) == [MAIL]


def test_a_passing_trouble_says_nothing_of_the_lasting_one_beneath_it(session: Session, trouble: Trouble):
    trouble.tell("refused", ["1", "no ratio"], FACTS)
    assert trouble.tell_passing("refused", FACTS)
    assert not trouble.tell("refused", ["1", "no ratio"], FACTS)
    assert told(session) == [MAIL]


def test_a_passing_trouble_that_passed_begins_anew(session: Session, trouble: Trouble):
    trouble.tell_passing("refused", FACTS)
    age(session, BLIP)
    trouble.tell("refused", ["1", "no ratio"], FACTS)
    assert trouble.tell_passing("refused", FACTS)
    assert told(session) == [MAIL]


def test_a_remark_is_owed_until_it_is_made(trouble: Trouble):
    assert trouble.owes_remark(REFUSED)
    assert trouble.owes_remark(REFUSED)
    trouble.remark_made()
    assert not trouble.owes_remark(REFUSED)


def test_another_remark_is_owed_again(trouble: Trouble):
    trouble.owes_remark(REFUSED)
    trouble.remark_made()
    assert trouble.owes_remark(OTHER)
    assert trouble.owes_remark(REFUSED)


def test_a_remark_goes_by_no_mail(session: Session, trouble: Trouble):
    trouble.owes_remark(REFUSED)
    age(session, BLIP)
    trouble.owes_remark(REFUSED)
    assert told(session) == []


def test_a_remark_is_made_beside_one_file(session: Session, trouble: Trouble):
    other = Trouble.of_file(session, "78", CAMPAIGN)
    for file in (trouble, other):
        file.owes_remark(REFUSED)
    trouble.remark_made()
    assert other.owes_remark(REFUSED)


def test_a_remark_stays_made_while_the_trouble_is_met_again(trouble: Trouble):
    trouble.tell("refused", ["1", "no ratio"], FACTS)
    trouble.owes_remark(REFUSED)
    trouble.remark_made()
    trouble.tell_passing("refused", FACTS)
    trouble.tell("refused", ["1", "no ratio"], FACTS)
    assert not trouble.owes_remark(REFUSED)


def test_a_remark_that_nobody_owes_cannot_be_made(session: Session, trouble: Trouble):
    trouble.remark_made()
    assert known(session) == []
    assert trouble.owes_remark(REFUSED)


def test_nothing_is_left_of_a_file_that_has_arrived(session: Session, trouble: Trouble):
    other = Trouble.of_file(session, "78", CAMPAIGN)
    other.tell("refused", ["1", "no ratio"], FACTS)
    trouble.tell("refused", ["1", "no ratio"], FACTS)
    trouble.tell_passing("refused", FACTS)
    trouble.owes_remark(REFUSED)
    trouble.remark_made()
    trouble.clear()
    assert known(session) == ["a2-to-a3/file/78/refused"]
    assert trouble.tell("refused", ["1", "no ratio"], FACTS)
    assert trouble.owes_remark(REFUSED)


def test_of_files_that_are_gone_nothing_is_left(session: Session, trouble: Trouble):
    for file in (trouble, Trouble.of_file(session, "78", None)):
        file.tell("refused", ["1", "no ratio"], FACTS)
        file.tell_passing("refused", FACTS)
        file.owes_remark(REFUSED)
    forget_files_but(session, ["78", "79"])
    assert known(session) == [f"a2-to-a3/file/78/{kind}" for kind in ("refused", "refused-for-now", "remark")]


def test_where_no_file_is_left_the_trouble_of_campaigns_stays(session: Session, trouble: Trouble):
    trouble.tell("refused", ["1", "no ratio"], FACTS)
    Trouble.of_campaign(session, DERIVATIVES, CAMPAIGN).tell("stuck", ["no folder"], FACTS)
    forget_files_but(session, [])
    assert known(session) == ["a2-to-a3/C000000078/stuck"]


def test_a_file_that_comes_back_is_in_a_new_trouble(session: Session, trouble: Trouble):
    trouble.tell("refused", ["1", "no ratio"], FACTS)
    forget_files_but(session, [])
    assert trouble.tell("refused", ["1", "no ratio"], FACTS)
    assert told(session) == [MAIL, MAIL]
