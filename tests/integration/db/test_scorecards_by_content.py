"""Scorecards: one row for each content of a PDF, wherever it lies, and what became of it."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from db.models import CreativexScore, Scorecard
from db.repositories.scorecards import (
    Pdf,
    expect_scorecards,
    handed_in_at,
    mark_scores_told,
    record_read,
    record_unread,
    scorecards_of,
    settle_reviews,
    untold,
)
from db.repositories.scores import store_score
from domain.errors import StoreError

HOUR = timedelta(hours=1)
MORNING = datetime(2027, 3, 4, 5, tzinfo=UTC)


def pdf(sha1: str = "a", name: str = "card.pdf", file_id: str = "1", at: datetime | None = MORNING) -> Pdf:
    """A PDF that lies in Box."""
    return {"sha1": sha1, "pdf_name": name, "box_file_id": file_id, "handed_in_at": at}


def score(session: Session, value: int = 80, filename: str = "RAF_spot.mp4") -> CreativexScore:
    """A score that was stored."""
    return store_score(session, filename=filename, score=value, url=None, status="active")


def read(session: Session, sha1: str, state: str = "read", **reading: Any) -> CreativexScore:
    """Note a score that was read of a content."""
    row = score(session, filename=f"{sha1}.mp4")
    usual: dict[str, Any] = {"tracking_id": "AbCdEf", "tier": "Excellent", "previous_score": Decimal(70)}
    record_read(session, sha1, state=state, **({"score_id": row.id} | usual | reading))
    return row


def known(session: Session, sha1: str = "a") -> Scorecard:
    """What is known of a content now."""
    session.expire_all()
    return scorecards_of(session, [sha1])[sha1]


def now(session: Session) -> datetime:
    """The time of this transaction."""
    return session.scalars(select(func.now())).one()


def test_scorecards_are_found_by_their_contents(session: Session):
    expect_scorecards(session, [pdf("a"), pdf("b", "other.pdf", "2"), pdf("c")])
    assert {sha1: row.pdf_name for sha1, row in scorecards_of(session, ["a", "b", "d"]).items()} == {
        "a": "card.pdf",
        "b": "other.pdf",
    }
    assert scorecards_of(session, []) == {}


def test_what_is_written_down_is_pending_and_untried(session: Session):
    expect_scorecards(session, [pdf()])
    row = known(session)
    assert (row.state, row.box_file_id, row.handed_in_at) == ("pending", "1", MORNING)
    assert (row.retry_count, row.last_error, row.next_attempt_at, row.score_id, row.read_at) == (
        0,
        None,
        None,
        None,
        None,
    )


def test_of_one_content_the_file_that_has_it_now_is_kept_and_when_it_first_came(session: Session):
    expect_scorecards(session, [pdf()])
    expect_scorecards(session, [pdf(name="again.pdf", file_id="2", at=MORNING + HOUR)])
    row = known(session)
    assert (row.pdf_name, row.box_file_id, row.handed_in_at) == ("again.pdf", "2", MORNING)


def test_two_files_of_one_content_in_one_list_are_one_row(session: Session):
    expect_scorecards(session, [pdf(), pdf(file_id="2")])
    assert known(session).box_file_id == "2"
    expect_scorecards(session, [])


def test_what_is_written_down_again_keeps_what_became_of_it(session: Session):
    expect_scorecards(session, [pdf()])
    read(session, "a")
    expect_scorecards(session, [pdf(file_id="2")])
    assert (known(session).state, known(session).tier) == ("read", "Excellent")


def test_what_was_read_has_its_score_and_no_error(session: Session):
    expect_scorecards(session, [pdf()])
    record_unread(session, "a", "no credits", HOUR)
    row = read(session, "a")
    found = known(session)
    assert (found.state, found.score_id, found.read_at) == ("read", row.id, now(session))
    assert (found.tracking_id, found.tier, found.previous_score) == ("AbCdEf", "Excellent", Decimal(70))
    assert (found.last_error, found.next_attempt_at, found.retry_count) == (None, None, 0)


def test_what_was_never_written_down_cannot_have_been_read(session: Session):
    with pytest.raises(StoreError, match="not in the tracking database"):
        read(session, "a")


@pytest.mark.parametrize("state", ["read", "needs review"])
def test_nothing_has_been_read_without_a_score(session: Session, state: str):
    expect_scorecards(session, [pdf()])
    with pytest.raises(IntegrityError, match="read_has_score"), session.begin_nested():
        session.execute(update(Scorecard).values(state=state))


def test_a_failure_is_counted_and_rests(session: Session):
    expect_scorecards(session, [pdf()])
    record_unread(session, "a", "no credits", HOUR)
    record_unread(session, "a", "no text", 2 * HOUR)
    row = known(session)
    assert (row.state, row.last_error, row.retry_count) == ("failed", "no text", 2)
    assert row.next_attempt_at == now(session) + 2 * HOUR


def test_a_failure_that_heals_by_itself_does_not_rest(session: Session):
    expect_scorecards(session, [pdf()])
    record_unread(session, "a", "no credits", HOUR)
    record_unread(session, "a", "away", timedelta(0))
    assert (known(session).next_attempt_at, known(session).retry_count) == (None, 2)


@pytest.mark.parametrize("state", ["read", "needs review"])
def test_a_failure_takes_nothing_away_that_was_read_before(session: Session, state: str):
    expect_scorecards(session, [pdf()])
    read(session, "a", state)
    record_unread(session, "a", "no credits", HOUR)
    assert (known(session).state, known(session).last_error) == (state, None)


def test_a_failure_is_one_of_its_own_content_only(session: Session):
    expect_scorecards(session, [pdf("a"), pdf("A")])
    record_unread(session, "a", "no credits", HOUR)
    assert (known(session, "a").state, known(session, "A").state) == ("failed", "pending")


def test_what_was_read_is_untold_until_it_is_told(session: Session):
    expect_scorecards(session, [pdf("a"), pdf("b"), pdf("c"), pdf("d")])
    first, second = read(session, "b"), read(session, "a")
    read(session, "c", "needs review")  # told by a mail of its own
    assert [(card.sha1, score.id) for card, score in untold(session)] == [("a", second.id), ("b", first.id)]
    mark_scores_told(session, [known(session, "a").id])
    assert [card.sha1 for card, _ in untold(session)] == ["b"]
    assert known(session, "a").told_at == now(session)
    mark_scores_told(session, [])
    mark_scores_told(session, [known(session, "b").id])
    assert untold(session) == []


def test_a_score_was_handed_in_when_its_newest_scorecard_was(session: Session):
    expect_scorecards(session, [pdf("a", at=MORNING), pdf("b", at=MORNING + HOUR), pdf("c", at=None)])
    row = read(session, "a")
    read(session, "b", score_id=row.id)
    read(session, "c", score_id=row.id)
    assert handed_in_at(session, row.id) == MORNING + HOUR
    assert handed_in_at(session, read(session, "c").id) is None
    assert handed_in_at(session, 4711) is None


@pytest.mark.parametrize("name", ["RAF_spot.mp4", "RAF_GR_el_ΚΑΛΟΣ_OLV.mp4", "RAF_TR_tr_İNDİRİM_OLV.mp4"])
def test_a_later_score_settles_the_review_of_a_name_in_any_script(session: Session, name: str):
    expect_scorecards(session, [pdf("a")])
    doubtful = store_score(session, filename=name, score=60, url=None, status="needs review")
    record_read(
        session, "a", state="needs review", score_id=doubtful.id, tracking_id=None, tier=None, previous_score=None
    )
    settle_reviews(session, name)
    assert known(session).state == "needs review"

    score(session, filename=name)
    settle_reviews(session, name)
    assert known(session).state == "read"
    assert untold(session) == []
