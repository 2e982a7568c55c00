"""How far a campaign is, and which campaigns are to be looked at because something has arrived in them."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from db.engine import Store
from db.models import DerivativeAsset, MasterAsset
from db.repositories import derivatives
from db.repositories.masters import find_or_create_master
from db.repositories.progress import counts_by_campaign, progress_of, unsettled_campaigns
from db.repositories.visits import record_status, record_visit

CAMPAIGN = "C000000078"
HOME = "a2-to-a3"


def hand_in(session: Session, master: MasterAsset, name: str = "a.mp4") -> DerivativeAsset:
    """Let a derivative of the master be on its way."""
    content: derivatives.Content = {
        "box_file_id": "77",
        "box_file_version_id": None,
        "handed_in_filename": name,
        "handed_in_at": None,
        "box_sha1": "a" * 40,
        "file_size_bytes": 1,
    }
    key = (master.tracking_id, name)
    derivatives.expect(
        session,
        [
            {
                **content,
                "tracking_id": master.tracking_id,
                "master_asset_id": master.id,
                "derivative_filename": name,
                "file_extension": ".mp4",
            }
        ],
    )
    return derivatives.begin(session, *key, **content)


def arrive(session: Session, master: MasterAsset, name: str = "a.mp4") -> DerivativeAsset:
    """Let a derivative of the master arrive in the DAM."""
    return derivatives.record_arrived(session, hand_in(session, master, name).id, f"asset of {name}")


def fail(session: Session, master: MasterAsset, name: str = "a.mp4") -> DerivativeAsset:
    """Let a derivative of the master fail."""
    row = hand_in(session, master, name)
    derivatives.record_failed(session, (master.tracking_id, name), "a" * 40, "no", timedelta(0))
    return row


def take_back(session: Session, master: MasterAsset, name: str = "a.mp4") -> DerivativeAsset:
    """Let a derivative of the master be taken back before it arrives."""
    row = hand_in(session, master, name)
    assert derivatives.withdraw(session, row.id)
    return row


def retire(session: Session, master: MasterAsset) -> None:
    """Let the master be none of the campaign's any more."""
    master.status = "retired"
    session.flush()


def test_a_campaign_that_nobody_has_heard_of_is_not_complete(session: Session):
    progress = progress_of(session, CAMPAIGN)

    assert (progress.campaign_number, progress.masters, progress.derivatives) == (CAMPAIGN, (), ())
    assert not progress.is_complete


def test_masters_without_a_derivative_are_waited_for_by_name_oldest_first(session: Session, make_master):
    masters = [make_master(original_filename=name) for name in ("z.mp4", "m.mp4", "a.mp4")]
    arrive(session, masters[1])
    progress = progress_of(session, CAMPAIGN)

    assert progress.waiting == ("z.mp4", "a.mp4")
    assert (progress.masters, progress.masters_done) == (tuple(masters), 1)
    assert not progress.is_complete


def test_a_campaign_is_complete_when_every_master_has_come_back(session: Session, make_master):
    one, two = make_master(), make_master()
    arrived = (arrive(session, two), arrive(session, one))
    progress = progress_of(session, CAMPAIGN)

    assert (progress.waiting, progress.open, progress.masters_done) == ((), (), 2)
    assert progress.derivatives == arrived
    assert progress.is_complete


def test_several_derivatives_of_one_master_bring_back_one_master(session: Session, make_master):
    one, _two = make_master(), make_master(original_filename="two.mp4")
    arrived = tuple(arrive(session, one, name) for name in ("c.mp4", "a.mp4", "b.mp4"))
    progress = progress_of(session, CAMPAIGN)

    assert progress.derivatives == arrived
    assert (progress.masters_done, progress.waiting) == (1, ("two.mp4",))


@pytest.mark.parametrize("come_in", [hand_in, fail])
def test_what_is_pending_or_failed_is_waited_for_although_its_master_has_come_back(
    session: Session, make_master, come_in: Callable[..., DerivativeAsset]
):
    master = make_master()
    arrive(session, master)
    come_in(session, master, "b.mp4")
    progress = progress_of(session, CAMPAIGN)

    assert (progress.waiting, progress.open) == ((), ("b.mp4",))
    assert not progress.is_complete


def test_what_was_taken_back_is_not_waited_for_and_brings_nothing_back(session: Session, make_master):
    one, two = make_master(), make_master(original_filename="two.mp4")
    arrive(session, one)
    take_back(session, one, "b.mp4")
    take_back(session, two)
    progress = progress_of(session, CAMPAIGN)

    assert (progress.waiting, progress.open, progress.masters_done) == (("two.mp4",), (), 1)


def test_new_content_of_what_has_arrived_is_waited_for(session: Session, make_master):
    master = make_master(original_filename="one.mp4")
    arrive(session, master)
    hand_in(session, master)
    progress = progress_of(session, CAMPAIGN)

    assert (progress.waiting, progress.open) == (("one.mp4",), ("a.mp4",))


def test_new_content_that_was_taken_back_leaves_what_has_arrived(session: Session, make_master):
    master = make_master()
    arrive(session, master)
    take_back(session, master)

    assert progress_of(session, CAMPAIGN).is_complete


@pytest.mark.parametrize("come_in", [arrive, hand_in, fail])
def test_a_retired_master_and_what_was_made_of_it_do_not_count(
    session: Session, make_master, come_in: Callable[..., DerivativeAsset]
):
    kept, retired = make_master(), make_master()
    arrived = arrive(session, kept)
    come_in(session, retired)
    retire(session, retired)
    progress = progress_of(session, CAMPAIGN)

    assert (progress.masters, progress.derivatives, progress.open) == ((kept,), (arrived,), ())
    assert progress.is_complete


def test_a_campaign_whose_masters_are_all_retired_is_not_complete(session: Session, make_master):
    master = make_master()
    arrive(session, master)
    retire(session, master)

    assert not progress_of(session, CAMPAIGN).is_complete


def test_other_campaigns_do_not_count(session: Session, make_master):
    ours, other = make_master(), make_master(campaign_number="C000000079")
    arrive(session, ours)
    hand_in(session, other)

    assert progress_of(session, CAMPAIGN).is_complete
    assert not progress_of(session, "C000000079").is_complete


class Campaigns:
    """Campaigns in which one thing happens after the other, each in a transaction of its own."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def arrive(self, number: str = CAMPAIGN, name: str = "a.mp4") -> None:
        """Let a derivative of the campaign's master arrive."""
        self._happen(number, arrive, name)

    def happen(self, what: Callable[..., DerivativeAsset]) -> None:
        """Let something become of a derivative."""
        self._happen(CAMPAIGN, what, "a.mp4")

    def settle(self, record: Callable[..., None] = record_visit, workflow: str = HOME, number: str = CAMPAIGN) -> None:
        """Let a workflow settle the campaign."""
        with self._store.transaction() as session:
            record(session, workflow, number, status="A3")

    @property
    def unsettled(self) -> list[str]:
        """The campaigns to be looked at."""
        with self._store.transaction() as session:
            return unsettled_campaigns(session, HOME)

    def _happen(self, number: str, what: Callable[..., DerivativeAsset], name: str) -> None:
        with self._store.transaction() as session:
            what(session, _master(session, number), name)


def _master(session: Session, number: str) -> MasterAsset:
    return find_or_create_master(session, opentext_id="1", campaign_number=number, original_filename="master.mp4")


@pytest.fixture
def campaigns(store: Store) -> Campaigns:
    """Campaigns to which things happen."""
    return Campaigns(store)


def test_a_campaign_is_unsettled_once_something_has_arrived(campaigns: Campaigns):
    assert campaigns.unsettled == []
    campaigns.arrive()
    assert campaigns.unsettled == [CAMPAIGN]


@pytest.mark.parametrize("record", [record_visit, record_status])
def test_a_campaign_is_unsettled_until_it_is_settled_after_the_last_arrival(
    campaigns: Campaigns, record: Callable[..., None]
):
    campaigns.arrive(name="a.mp4")
    campaigns.arrive(name="b.mp4")
    campaigns.settle(record)
    assert campaigns.unsettled == []
    campaigns.arrive(name="c.mp4")
    assert campaigns.unsettled == [CAMPAIGN]
    campaigns.settle(record)
    assert campaigns.unsettled == []


def test_what_arrives_once_more_unsettles_the_campaign(campaigns: Campaigns):
    campaigns.arrive()
    campaigns.settle()
    campaigns.arrive()
    assert campaigns.unsettled == [CAMPAIGN]


def test_the_look_of_another_workflow_settles_nothing(campaigns: Campaigns):
    campaigns.arrive()
    campaigns.settle(workflow="a1-to-a2")
    assert campaigns.unsettled == [CAMPAIGN]


def test_a_campaign_that_was_settled_before_anything_arrived_is_unsettled_by_it(campaigns: Campaigns):
    campaigns.settle()
    campaigns.arrive()
    assert campaigns.unsettled == [CAMPAIGN]


@pytest.mark.parametrize("what", [hand_in, fail, take_back])
def test_what_has_not_arrived_unsettles_nothing(campaigns: Campaigns, what: Callable[..., DerivativeAsset]):
    campaigns.happen(what)
    assert campaigns.unsettled == []


def test_unsettled_campaigns_are_named_once_each_by_number(campaigns: Campaigns):
    for number, name in (("C2", "a.mp4"), ("C3", "a.mp4"), ("C1", "a.mp4"), ("C2", "b.mp4")):
        campaigns.arrive(number, name)
    campaigns.settle(number="C3")
    assert campaigns.unsettled == ["C1", "C2"]


def test_masters_and_arrived_derivatives_are_counted_by_campaign(session: Session, make_master):
    one, two = make_master(original_filename="a.mp4"), make_master(original_filename="b.mp4")
    for name in ("a.mp4", "b.mp4"):
        arrive(session, one, name)
    fail(session, two)
    other = make_master(campaign_number="C000000079")
    retire(session, make_master(original_filename="old.mp4"))
    assert counts_by_campaign(session) == {CAMPAIGN: (2, 2), other.local_campaign_id: (1, 0)}
