"""Stays of campaigns: one that lasts per campaign, each announced once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.engine import Store
from db.models import CampaignStatus
from db.repositories import stays
from db.repositories.outbox import enqueue

NUMBER = "C000000078"
NOW = datetime(2026, 1, 2, 3, tzinfo=UTC)


def enter(session: Session, status: str = "A4", number: str = NUMBER, **more: str) -> CampaignStatus:
    facts = {"name": "Spring", "folder_id": "f1", **more}
    return stays.enter(session, number=number, status=status, **facts)


def announced(session: Session, key: str = "a4-live/1") -> CampaignStatus:
    """A stay whose message is queued."""
    stay = enter(session)
    stay.live_campaign, stay.webhook_key = "NO", key
    enqueue(session, key=key, channel="webhook", template="campaign_live", audience=None, payload={})
    session.flush()
    return stay


def history(session: Session) -> list[tuple[str, bool]]:
    """Status of each stay, and whether it lasts, oldest first."""
    found = session.scalars(select(CampaignStatus).order_by(CampaignStatus.id))
    return [(stay.status, stay.left_at is None) for stay in found]


def test_the_next_status_ends_the_stay_before(session: Session):
    first, second = enter(session, "A3"), enter(session, "A4")

    assert history(session) == [("A3", False), ("A4", True)]
    assert first.left_at == second.created_at
    assert stays.open_stay(session, NUMBER) is second


def test_a_stay_that_lasts_goes_on_under_the_campaigns_new_name(session: Session):
    first = enter(session)

    assert enter(session, name="Summer", folder_id="f2").id == first.id
    assert (first.campaign_name, first.campaign_folder_id) == ("Summer", "f2")


def test_coming_back_is_another_stay(session: Session):
    first = enter(session)
    enter(session, "A5")

    assert enter(session).id != first.id
    assert history(session) == [("A4", False), ("A5", False), ("A4", True)]


def test_a_campaign_that_is_gone_is_nowhere(session: Session):
    stays.leave(session, enter(session))

    assert stays.open_stay(session, NUMBER) is None
    assert history(session) == [("A4", False)]


def test_the_stays_that_last_are_given_by_number(session: Session):
    for number, status in (("C2", "A4"), ("C1", "A1"), ("C2", "A5")):
        enter(session, status, number)

    assert [(stay.campaign_number, stay.status) for stay in stays.open_stays(session)] == [("C1", "A1"), ("C2", "A5")]
    assert [stay.campaign_number for stay in stays.open_stays(session, "C2")] == ["C2"]


def test_runs_that_enter_at_once_enter_once(store: Store, threads: ThreadPoolExecutor):
    def entered(status: str) -> int:
        with store.transaction() as session:
            return enter(session, status).id

    assert len(set(threads.map(entered, ["A4"] * 16))) == 1
    list(threads.map(entered, ["A1", "A2", "A3"] * 8))
    with store.transaction() as session:
        assert len(stays.open_stays(session)) == 1


def test_stays_in_a_status_come_with_the_message_that_announces_them(session: Session):
    stay, waiting, _ = announced(session), enter(session, number="C9"), enter(session, "A5", "C8")

    found = stays.stays_with_messages(session, "A4")
    assert [(one, message.key if message else None) for one, message in found] == [(stay, "a4-live/1"), (waiting, None)]
    assert [one for one, _ in stays.stays_with_messages(session, "A4", "C9")] == [waiting]


def test_a_stay_is_announced_once_its_message_is_out_and_no_other_is(session: Session):
    stay, other = announced(session), enter(session, number="C9")

    stays.note_announced(session, "another message", NOW)
    assert not stay.webhook_sent
    stays.note_announced(session, "a4-live/1", NOW)
    stays.note_announced(session, "a4-live/1", datetime.now(UTC))
    for one in (stay, other):
        session.refresh(one)
    assert (stay.webhook_sent, stay.webhook_sent_at, other.webhook_sent) == (True, NOW, False)


def test_a_message_that_will_not_go_out_leaves_its_stay_to_be_announced(session: Session):
    stay = announced(session)

    assert not stays.note_unannounced(session, "another message")
    assert stays.note_unannounced(session, "a4-live/1")
    session.refresh(stay)
    assert (stay.webhook_key, stay.live_campaign) == (None, None)


def test_what_was_announced_stays_so(session: Session):
    stay = announced(session)
    stays.note_announced(session, "a4-live/1", NOW)

    assert not stays.note_unannounced(session, "a4-live/1")
    session.refresh(stay)
    assert stay.webhook_key == "a4-live/1"
