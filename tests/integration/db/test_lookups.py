"""What people type, and what they mean by it."""

import pytest
from sqlalchemy.orm import Session

from db.models import MasterAsset
from db.repositories import derivatives, lookups
from db.repositories.events import record_event
from db.repositories.masters import record_delivered
from db.repositories.stays import enter
from tests.integration.db.handed_in import NAME, begun, new
from tests.integration.db.test_rejections import rejection

NUMBER = "C000000078"
FIRST = "Still.v2.png"


@pytest.fixture
def master(session: Session, make_master) -> MasterAsset:
    """A master in Box with a derivative that is home, under tracking id and names that are known."""
    ids = iter(("aB3xY9",))
    found: MasterAsset = make_master(
        "d1", original_asset_id="d0v", original_filename=FIRST, campaign_name="Spring 100%", draw=lambda: next(ids)
    )
    record_delivered(
        session, found.id, box_file_id="1", box_url="https://box/1", box_sha1="0", box_filename="Still.v2_aB3xY9.png"
    )
    derivatives.expect(session, [new(found)])
    row = derivatives.derivative(session, "aB3xY9", NAME)
    assert row is not None
    begun(session, row)
    derivatives.record_arrived(session, row.id, "d2")
    rejection(session, found, "d9")
    detail = {"name": NAME, "dam_asset_id": "d0"}
    record_event(session, tracking_id="aB3xY9", event_type="derivative_uploaded", detail=detail)
    return found


@pytest.mark.parametrize(
    ("typed", "found_as"),
    [
        ("aB3xY9", "tracking id"),
        ("d1", "asset of the DAM"),
        ("d0v", "asset of the DAM"),
        ("d2", f"asset of the DAM: {NAME}"),
        ("d9", "rejected asset of the DAM: d9.png"),
        ("still.V2.png", "name of the master"),
        ("Still.v2", "name of the master"),
        ("Still.v2_aB3xY9.png", "name in Box"),
        (NAME.upper(), f"name of a derivative: {NAME}"),
        (NAME.removesuffix(".mp4"), f"name of a derivative: {NAME}"),
        (f"1234567_{NAME}", f"name that was handed in: {NAME}"),
    ],
)
def test_an_asset_is_found_by_its_ids_and_its_names(session: Session, master: MasterAsset, typed: str, found_as: str):
    assert lookups.assets_called(session, typed, 9).rows == [
        lookups.AssetMatch("aB3xY9", FIRST, NUMBER, "Spring 100%", found_as)
    ]


@pytest.mark.parametrize(
    "typed", ["ab3xy9", "Still", "Still.", "D1", "%", "_", "", "Still_v2.png", "RAF", "still.v2_ab3xy9.png"]
)
def test_what_is_only_like_it_is_not_it(session: Session, master: MasterAsset, typed: str):
    assert lookups.assets_called(session, typed, 9).rows == []


def test_a_name_that_several_have_finds_all_of_them(session: Session, master: MasterAsset, make_master):
    other = make_master(original_filename="still.V2.PNG", campaign_number="C1")
    found = lookups.assets_called(session, FIRST, 9).rows
    assert {match.tracking_id for match in found} == {"aB3xY9", other.tracking_id}
    newest, oldest = (lookups.assets_called(session, FIRST, 1, skip) for skip in (0, 1))
    assert [row.tracking_id for row in (*newest.rows, *oldest.rows)] == [other.tracking_id, "aB3xY9"]
    assert (newest.total, oldest.total) == (2, 2)


def test_an_asset_is_known_by_what_a_rework_has_replaced(session: Session, master: MasterAsset):
    assert lookups.assets_called(session, "d0", 9).rows == []
    (found,) = lookups.assets_once_called(session, "d0", 9).rows
    assert (found.tracking_id, found.found_as) == ("aB3xY9", f"earlier asset of the DAM: {NAME}")


def test_parts_of_names_find_each_asset_once(session: Session, master: MasterAsset):
    assert [match.found_as for match in lookups.assets_with(session, "L.V2", 9).rows] == ["part of the master's name"]
    assert [match.tracking_id for match in lookups.assets_with(session, "de_test_", 9).rows] == ["aB3xY9"]
    assert lookups.assets_with(session, "100%", 9).rows == []


def test_a_campaign_is_found_by_number_or_part_of_its_name(session: Session, master: MasterAsset):
    enter(session, number="C0000000789", name="Summer", folder_id="f", status="A1")
    spring, summer = lookups.CampaignMatch(NUMBER, "Spring 100%"), lookups.CampaignMatch("C0000000789", "Summer")
    assert lookups.campaigns_called(session, NUMBER.lower(), 9) == [spring]
    assert lookups.campaigns_called(session, "c00000007", 9) == [spring, summer]
    assert lookups.campaigns_called(session, "ing 100%", 9) == [spring]
    assert lookups.campaigns_called(session, "winter", 9) == []


def test_tracking_ids_are_near_in_another_case_and_with_one_other_character(
    session: Session, master: MasterAsset, make_master
):
    ids = iter(("aB3xY8", "AB3XY9", "xxxxxx"))
    for _ in range(3):
        make_master(draw=lambda: next(ids))
    assert lookups.tracking_ids_like(session, "ab3xY9", 9) == ["AB3XY9", "aB3xY9", "aB3xY8"]
    assert lookups.tracking_ids_like(session, "%_____", 9) == []


def test_the_names_that_hold_most_of_a_name_come_first(session: Session, master: MasterAsset, make_master):
    make_master(original_filename="Other_DE.png")
    assert lookups.names_like(session, "RAF_DE_de_TSET_OLV", 9)[0] == NAME
    assert lookups.names_like(session, "stilx.v2.png", 9)[0] == FIRST
    assert lookups.names_like(session, "still.v2.png" * 9, 9) == [], "much longer"
    assert lookups.names_like(session, "zzz", 9) == lookups.names_like(session, "s", 9) == []


@pytest.mark.parametrize("name", ["ΚΑΛΟΣ.png", "İNDİRİM.png"])
def test_a_name_that_python_puts_into_other_lower_case_than_the_database_is_found(
    session: Session, make_master, name: str
):
    make_master(original_filename=name)
    for typed in (name, name.removesuffix(".png")):
        assert [found.name for found in lookups.assets_called(session, typed, 10).rows] == [name]
    assert [found.name for found in lookups.assets_with(session, name[1:4], 10).rows] == [name]
