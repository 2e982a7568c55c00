"""What the database is told of masters whose assets get new versions, leave their folder, and come back."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from blocks.config_files import load_roles
from blocks.services import Services
from blocks.settings import Settings
from db.engine import Store
from db.leases import Lease
from db.models import AssetEvent, MasterAsset
from db.repositories.masters import BoxArrival, find_or_create_master, full_metadata
from db.repositories.owners import owners
from db.repositories.retiring import set_master_status
from db.repositories.stays import enter
from domain.assets import Asset, Campaign
from domain.delivery import Held, KnownDelivery
from domain.errors import IntegrityError, NameRefused, ServiceUnavailable
from domain.routes import LOCAL_MASTERS
from tasks.master_ledger import MasterLedger
from tasks.unlisted import foresee_unlisted
from tasks.work import CampaignWork, Survey

NUMBER = "C000000078"
CONFIG = Path(__file__).parents[3] / "config"
ONE = Asset("v1", "Key Visual.png", 10, "1" * 32, original_id="v1")
TWO = replace(ONE, asset_id="v2", md5="2" * 32)
ARRIVAL: BoxArrival = {"box_file_id": "77", "box_url": "https://app.box.com/file/77", "box_sha1": "a" * 40}
LEDGER = MasterLedger()


@pytest.fixture
def session(store: Store) -> Iterator[Session]:
    """A session that may end its transaction, as one run ends and the next begins."""
    with Session(store.engine) as session:
        yield session


@pytest.fixture
def work(store: Store) -> CampaignWork:
    """A campaign in A1; nothing but the database and the roles is asked."""
    services = Services(Settings(_env_file=None))
    services.store, services.roles = store, load_roles(CONFIG)
    campaign = Campaign("folder", NUMBER, "Spring", "", "A1")
    survey = Survey(campaign, assets_folder_id="masters", finals_folder_id="finals", assets=[], rejections={})
    return CampaignWork(LOCAL_MASTERS, survey, services, cast(Lease, None))


def known(session: Session, asset: Asset, work: CampaignWork) -> KnownDelivery | None:
    """What a run that finds this one asset knows of it."""
    work.survey.assets = [asset]
    return LEDGER.known(session, work.survey).get(asset.asset_id)


def begin(session: Session, asset: Asset, work: CampaignWork) -> int:
    """Write down that the asset is about to be carried; return its row's id."""
    return LEDGER.begin(session, asset, representation(asset), work, is_there=False).row_id


def deliver(session: Session, asset: Asset, work: CampaignWork) -> MasterAsset:
    """Carry the asset to Box."""
    entry = LEDGER.begin(session, asset, representation(asset), work, is_there=False)
    LEDGER.arrived(session, entry, ARRIVAL, representation(asset), work, adopted=False)
    return session.get_one(MasterAsset, entry.row_id)


def representation(asset: Asset, **more: Any) -> dict[str, Any]:
    """The asset object of the DAM, as far as it matters here."""
    return {"asset_id": asset.asset_id, "original_asset_id": asset.original_id, **more}


def is_read(session: Session, work: CampaignWork, asset: Asset = ONE) -> bool:
    """Whether a run that finds the asset knows it as delivered, and leaves it alone."""
    found = known(session, asset, work)
    assert found is not None
    assert found.box_file_id == "77"
    return found.is_read


def test_a_new_version_of_what_never_arrived_is_the_same_master(session: Session, work: CampaignWork):
    row = begin(session, ONE, work)
    LEDGER.failed(session, ONE, IntegrityError("the DAM promises MD5 1"), work)
    assert begin(session, TWO, work) == row
    (master,) = session.scalars(select(MasterAsset))
    assert (master.opentext_id, master.original_asset_id, master.content_md5) == ("v2", "v1", TWO.md5)
    assert (master.delivery_status, master.last_error) == ("pending", None)


def test_a_new_version_of_what_is_in_box_is_known_and_not_delivered_until_it_is(session: Session, work: CampaignWork):
    one = deliver(session, ONE, work)
    assert known(session, ONE, work) == KnownDelivery(one.tracking_id, "77", None, ARRIVAL["box_url"])
    to_carry = KnownDelivery(one.tracking_id, None, None, None)
    assert known(session, TWO, work) == to_carry
    begin(session, TWO, work)
    assert known(session, TWO, work) == to_carry, "a run that was killed here has carried nothing"
    LEDGER.failed(session, TWO, ServiceUnavailable("it broke"), work)
    session.refresh(one)
    assert (one.delivery_status, one.box_file_id, known(session, TWO, work)) == ("failed", "77", to_carry)
    two = deliver(session, TWO, work)
    assert (two.id, two.delivery_status, two.last_error) == (one.id, "delivered", None)
    assert known(session, TWO, work) == KnownDelivery(one.tracking_id, "77", None, ARRIVAL["box_url"])
    three = replace(TWO, asset_id="v3", md5="3" * 32)
    assert begin(session, three, work) == one.id, "also after the row tells of another than the first version"


def test_other_content_under_the_same_id_is_to_be_carried(session: Session, work: CampaignWork):
    deliver(session, ONE, work)
    for asset, is_delivered in ((replace(ONE, md5=None), True), (replace(ONE, md5="9" * 32), False)):
        found = known(session, asset, work)
        assert found is not None
        assert (found.box_file_id is not None) is is_delivered


def test_a_master_of_which_only_an_id_was_written_down_is_known_by_it_in_later_versions(
    session: Session, work: CampaignWork
):
    row = find_or_create_master(session, opentext_id="v1", campaign_number=NUMBER, original_filename="Key Visual.png")
    assert begin(session, TWO, work) == row.id


def test_a_rejected_version_belongs_to_the_master_whatever_version_that_was_taken_up_in(
    session: Session, work: CampaignWork
):
    master = deliver(session, TWO, work)
    found = owners(session, NUMBER, ["v3", "v1"])
    assert {asset_id: owner.master_id for asset_id, owner in found.items()}["v1"] == master.id


def test_masters_that_are_not_in_the_folder_any_more_are_found_but_not_those_that_other_routes_made(
    session: Session, work: CampaignWork
):
    for asset in (ONE, Asset("o", "Other.png", 10, original_id="o")):
        deliver(session, asset, work)
    never = Asset("n", "Never out.png", 10, original_id="n")
    begin(session, never, work)
    find_or_create_master(
        session, opentext_id="r", campaign_number=NUMBER, original_filename="Rejected.png", workflow_name="a5-to-a6"
    )
    session.commit()
    gone = foresee_unlisted(LOCAL_MASTERS, NUMBER, [ONE], work.services)
    assert [(each.path, each.warnings[0].partition("; ")[2].partition(":")[0]) for each in gone] == [
        ("Other.png", "it stays in Box, and if no file is to come of it"),
        ("Never out.png", "nobody is to wait for it, so it is retired when the campaign moves on"),
    ]


@pytest.mark.parametrize(("by", "status"), [("a1-to-a2", "active"), ("operator", "retired")])
def test_what_is_back_in_the_folder_is_active_again_unless_a_person_has_retired_it(
    session: Session, work: CampaignWork, by: str, status: str
):
    master = session.get_one(MasterAsset, begin(session, ONE, work))
    set_master_status(session, NUMBER, master.tracking_id, "retired", by=by, reason="why")
    begin(session, ONE, work)
    session.refresh(master)
    assert master.status == status
    restored = select(AssetEvent).where(AssetEvent.event_type == "master_restored")
    assert len(list(session.scalars(restored))) == (status == "active")


def stand_in(session: Session, *statuses: str) -> None:
    """Let the campaign be in one status after the other, each noted by a run of its own."""
    for status in statuses:
        session.commit()
        enter(session, number=NUMBER, name="Spring", folder_id="folder", status=status)
    session.commit()


def test_what_is_in_box_is_read_once_in_each_stay(session: Session, work: CampaignWork):
    stand_in(session, "A1")
    deliver(session, ONE, work)
    assert is_read(session, work)
    stand_in(session, "A2")
    assert not is_read(session, work), "back in A1, and nobody has noted that yet"
    stand_in(session, "A1")
    assert not is_read(session, work)
    held = LEDGER.held(session, ONE, work)
    assert held == Held("77", None, ARRIVAL["box_url"], ARRIVAL["box_sha1"])
    renamed = replace(ONE, name="Renamed.png")
    LEDGER.begin(session, renamed, representation(renamed, name="new"), work, is_there=True)
    session.commit()
    assert is_read(session, work)
    (master,) = session.scalars(select(MasterAsset))
    assert (master.original_filename, master.delivery_status) == ("Renamed.png", "delivered")
    assert full_metadata(session, master.id) == representation(ONE, name="new")


def test_what_box_has_lost_is_pending_until_it_is_carried(session: Session, work: CampaignWork):
    deliver(session, ONE, work)
    begin(session, ONE, work)
    (master,) = session.scalars(select(MasterAsset))
    assert (master.delivery_status, master.box_file_id) == ("pending", "77")
    assert LEDGER.held(session, ONE, work) is None
    found = known(session, ONE, work)
    assert found is not None
    assert found.box_file_id is None


def test_a_row_that_was_written_by_hand_counts_as_delivered_and_is_read(session: Session, work: CampaignWork):
    facts = {"opentext_id": "v1", "campaign_number": NUMBER, "original_filename": "Key Visual.png"}
    row = find_or_create_master(session, **facts)  # type: ignore[arg-type]
    session.execute(update(MasterAsset).values(box_file_id="77"))
    session.refresh(row)
    assert not is_read(session, work)
    assert LEDGER.held(session, ONE, work) == Held("77", None, None, None)
    LEDGER.begin(session, ONE, representation(ONE), work, is_there=True)
    session.commit()
    assert is_read(session, work)
    assert row.delivery_status == "delivered"


def rests(session: Session, asset: Asset, work: CampaignWork) -> bool:
    """Whether a run that finds the asset knows that it rests."""
    found = known(session, asset, work)
    assert found is not None
    return found.rest is not None


def test_what_fails_in_the_same_way_again_rests_until_it_is_something_else(session: Session, work: CampaignWork):
    begin(session, ONE, work)
    wrong = IntegrityError("the DAM promises MD5 1")
    LEDGER.failed(session, ONE, wrong, work)
    assert not rests(session, ONE, work), "it may have been damaged on its way"
    LEDGER.failed(session, ONE, wrong, work)
    session.commit()
    assert rests(session, ONE, work)
    for other in (replace(ONE, name="Renamed.png"), replace(ONE, md5="9" * 32), TWO):
        assert not rests(session, other, work), other
    assert rests(session, replace(ONE, md5=None), work), "a listing may leave the checksum out"
    LEDGER.failed(session, ONE, ServiceUnavailable("Box is down"), work)
    session.commit()
    assert not rests(session, ONE, work)
    LEDGER.failed(session, ONE, wrong, work)
    session.commit()
    assert not rests(session, ONE, work), "the first in a row"


def test_a_name_that_box_does_not_take_rests_and_another_one_does_not(session: Session, work: CampaignWork):
    begin(session, ONE, work)
    LEDGER.failed(session, ONE, NameRefused("Box makes 'x' of it"), work)
    session.commit()
    assert rests(session, ONE, work)
    assert not rests(session, replace(ONE, name="Good.png"), work)


def test_tries_with_the_same_content_are_one_entry_of_the_audit_trail(session: Session, work: CampaignWork):
    started = select(func.count()).where(AssetEvent.event_type == "delivery_started")
    for asset, entries in ((ONE, 1), (ONE, 1), (TWO, 2), (TWO, 2)):
        begin(session, asset, work)
        LEDGER.failed(session, asset, ServiceUnavailable("Box is down"), work)
        assert session.scalars(started).one() == entries
