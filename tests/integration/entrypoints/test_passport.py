"""What is read of one asset and of a campaign, in few queries, and what it comes to."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from db.repositories.daily_waiting import waiting_now
from db.repositories.retiring import set_master_status
from domain.waiting import Wait
from entrypoints.campaign_assets import read_campaign
from entrypoints.passport import Passport, read_passport
from tests.integration.storybook import LEGAL, SPRING, Storybook, derivative_name, tell

NOW = datetime.now(UTC)


@pytest.fixture
def book(session: Session) -> Storybook:
    """The campaigns of the tests."""
    return tell(session)


def passport(session: Session, tracking_id: str) -> Passport:
    """The passport of an asset that there is."""
    found = read_passport(session, tracking_id, NOW)
    assert found is not None
    return found


def test_a_passport_holds_all_that_is_known(session: Session, book: Storybook):
    hero = passport(session, "aB3xY9")
    assert (hero.master.original_filename, hero.stay and hero.stay.status) == ("Hero Film 16x9.mp4", "A2")
    assert [row.upload_status for row in hero.derivatives] == ["completed", "completed"]
    assert [(row.version, f"{row.quality_score}", row.status) for row in hero.scores] == [
        (1, "72", "superseded"),
        (2, "80", "active"),
    ]
    assert passport(session, "Rej001").rejections[0].verdicts[0]["reviewer"] == "Legal"


@pytest.mark.parametrize(
    ("tracking_id", "kind"),
    [
        ("aB3xY9", Wait.OTHERS),
        ("Cut001", Wait.FAILED),
        ("Way001", Wait.MOVING),
        ("Box001", Wait.AGENCY),
        ("Pen001", Wait.MOVING),
        ("Bad001", Wait.FAILED),
        ("Rev001", Wait.AGENCY),
        ("Rej001", Wait.REJECTED),
        ("Don001", Wait.DONE),
        ("Glo001", Wait.DONE),
        ("New001", Wait.AGENCY),
    ],
)
def test_it_says_what_it_waits_for(session: Session, book: Storybook, tracking_id: str, kind: Wait):
    assert passport(session, tracking_id).waiting.kind == kind


def test_the_campaigns_other_masters_and_scores_in_review_are_named(session: Session, book: Storybook):
    sentence = "2 derivatives are home; the campaign waits for 6 other masters."
    assert passport(session, "aB3xY9").waiting.sentence == sentence
    assert passport(session, "Rev001").waiting.sentence.endswith("; the scorecard of Packshot.png does not add up "
                                                                 "and needs review.")  # fmt: skip


def test_a_tracking_id_in_another_case_is_another_one(session: Session, book: Storybook):
    assert read_passport(session, "ab3xy9", NOW) is None


def test_a_campaign_says_of_each_asset_what_its_passport_says(session: Session, book: Storybook):
    campaign = read_campaign(session, SPRING, NOW)
    assert campaign is not None
    assert (campaign.name, campaign.status, campaign.complete) == ("Spring & Summer <Hazelnut>", "A2", 1)
    said = {line.master.tracking_id: line.waiting for line in campaign.lines}
    assert said == {each: passport(session, each).waiting for each in said}
    assert len(said) == 7


def test_a_campaign_without_masters_or_without_a_status_is_known_all_the_same(session: Session, book: Storybook):
    winter, unseen = (read_campaign(session, number, NOW) for number in ("C000000080", "C000000090"))
    assert winter is not None and (winter.name, winter.status, list(winter.lines)) == ("Winter", "A1", [])
    assert unseen is not None and (unseen.name, unseen.status, len(unseen.lines)) == ("Never looked at", None, 1)
    assert read_campaign(session, "C000000001", NOW) is None


def test_what_was_rejected_in_an_earlier_round_and_is_no_longer_is_waited_for_by_nobody(
    session: Session, book: Storybook
):
    number = "C000000081"
    again = book.master("Rej002", "Again.mp4", number)
    rejected = book.rejected(again, book.home(again, derivative_name("AGAIN")), LEGAL)
    book.sent_back(number, rejected)
    assert passport(session, "Rej001").waiting.kind == Wait.DONE
    assert passport(session, "Rej002").waiting.kind == Wait.REJECTED
    campaign = read_campaign(session, number, NOW)
    assert campaign is not None
    assert [line.waiting.kind for line in campaign.lines] == [Wait.DONE, Wait.REJECTED]
    told = [each.tracking_id for each in waiting_now(session) if each.what == "rejected assets not reworked yet"]
    assert told == ["Rej002"]
    assert len(passport(session, "Rej001").rejections) == 1, "the list of rejections stays complete"


def test_the_status_that_the_dam_shows_goes_before_the_one_that_was_last_seen(session: Session, book: Storybook):
    for status, kind in ((None, Wait.REJECTED), ("A3", Wait.DONE)):
        campaign = read_campaign(session, "C000000081", NOW, status=status)
        assert campaign is not None
        assert [line.waiting.kind for line in campaign.lines] == [kind]


def test_of_masters_of_one_name_each_has_its_own_score(session: Session, book: Storybook):
    for tracking_id, score in (("Kv0001", 61), ("Kv0002", 62)):
        book.carries(book.master(tracking_id, "KV.tif", f"C0000000{score}"), score)
    for tracking_id, score in (("Kv0001", 61), ("Kv0002", 62)):
        (row,) = passport(session, tracking_id).scores
        assert (str(row.quality_score), row.status) == (str(score), "master-cx-score")


def test_a_score_that_was_read_before_its_film_came_is_shown_and_its_review_is_told(session: Session, book: Storybook):
    name = derivative_name("KEY")
    book.scored(name, 55, "needs review", tracking_id="Box001")
    key_visual = passport(session, "Box001")
    assert [row.filename for row in key_visual.scores] == [name]
    assert key_visual.waiting.kind == Wait.AGENCY
    assert key_visual.waiting.sentence.endswith(f"; the scorecard of {name} does not add up and needs review.")
    campaign = read_campaign(session, SPRING, NOW)
    assert campaign is not None
    assert key_visual.waiting in [line.waiting for line in campaign.lines]
    assert sum("needs review" in line.waiting.sentence for line in campaign.lines) == 2


def test_queries_do_not_grow_with_the_assets(session: Session, book: Storybook):
    with counted(session) as few:
        read_campaign(session, SPRING, NOW)
    for number in range(10):
        book.home(book.master(f"More{number:02}", f"More {number}.mp4"), derivative_name(f"MORE-{number}"))
    with counted(session) as many:
        read_campaign(session, SPRING, NOW)
    with counted(session) as one:
        read_passport(session, "aB3xY9", NOW)
    assert (len(few), len(many)) == (8, 8)
    assert len(one) == 8
    for number in range(10):
        set_master_status(session, SPRING, f"More{number:02}", "retired", by="ana", reason="dropped")
    with counted(session) as with_retired:
        read_campaign(session, SPRING, NOW)
    assert len(with_retired) == 9


@contextmanager
def counted(session: Session) -> Iterator[list[str]]:
    """Give the statements that are sent meanwhile."""
    session.flush()
    sent: list[str] = []

    def note(*facts: object) -> None:
        sent.append(str(facts[2]))

    engine = session.get_bind()
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", note)
