"""The plan of a delivery: what is carried, what is there already, what cannot be."""

from datetime import UTC, datetime, timedelta

import pytest

from domain.assets import Asset
from domain.delivery import KnownDelivery, Rest, plan_delivery, refusal, rest
from domain.errors import (
    IntegrityError,
    MetadataRefused,
    NameRefused,
    NotFound,
    ServiceRejected,
    ServiceUnavailable,
    StorageFull,
)

STILL = Asset("1", "Still.png", 10)
FILM = Asset("2", "Film.mp4", 20, folder_path=("Films",))


def test_a_plan_keeps_the_order_and_knows_what_has_arrived_and_what_was_only_begun():
    arrived = KnownDelivery("aB3xY9", "77", "Still_aB3xY9.png", "https://box.example.com/file/77")
    begun = KnownDelivery("q7K9mP", None, None, None)
    plan = plan_delivery([STILL, FILM], {"1": arrived, "2": begun, "gone": arrived})

    assert [planned.asset for planned in plan] == [STILL, FILM]
    assert [planned.is_delivered for planned in plan] == [True, False]
    assert [planned.known for planned in plan] == [arrived, begun]


def test_an_asset_that_nobody_has_seen_is_neither_known_nor_delivered():
    (planned,) = plan_delivery([STILL], {})
    assert (planned.known, planned.is_delivered, planned.refusal) == (None, False, None)


def test_one_refusal_does_not_touch_the_others():
    plan = plan_delivery([Asset("3", "To follow.pdf", None), STILL], {})
    assert [type(planned.refusal) for planned in plan] == [MetadataRefused, type(None)]


def test_an_asset_of_no_bytes_is_not_one_without_content():
    assert refusal(Asset("4", "empty.txt", 0)) is None


def test_a_refusal_names_the_asset_with_its_folder():
    found = refusal(Asset("5", "To follow.pdf", None, folder_path=("Films", "Old")))
    assert str(found).startswith("Films/Old/To follow.pdf: ")


@pytest.mark.parametrize(("folders", "name"), [((), ".."), (("Films", " "), "Spot.mp4"), ((".",), "Spot.mp4")])
def test_a_name_that_box_does_not_take_is_refused_be_it_the_assets_or_a_folders(folders: tuple[str, ...], name: str):
    assert isinstance(refusal(Asset("6", name, 5, folder_path=folders)), NameRefused)


def test_what_has_arrived_is_taken_up_again_where_it_was_not_read_since_its_campaign_came_back():
    read, unread = (KnownDelivery("aB3xY9", "77", None, None, is_read=is_read) for is_read in (True, False))
    plan = plan_delivery([STILL, FILM], {"1": read, "2": unread})
    assert [(planned.is_delivered, planned.is_to_carry) for planned in plan] == [(True, False), (True, True)]


def test_what_rests_is_left_alone_until_its_time_has_come_or_somebody_asks_for_it():
    now = datetime(2026, 3, 1, 9, tzinfo=UTC)
    known = {"1": KnownDelivery("aB3xY9", None, None, None, rest=Rest(now, "wrong checksum", "IntegrityError"))}
    for moment, is_to_carry in ((now - timedelta(minutes=1), False), (now, True), (None, True)):
        (planned,) = plan_delivery([STILL], known, moment)
        assert planned.is_to_carry is is_to_carry


@pytest.mark.parametrize(
    ("error", "hours"),
    [
        (IntegrityError(), [0, 1, 2, 4, 8, 16, 24, 24]),
        (ServiceRejected(), [0, 1, 1, 1, 1, 1, 1]),
        (NotFound(), [0, 1, 1]),
        (KeyError(), [1, 2, 4]),
        (NameRefused(), [1, 2]),
        (ServiceUnavailable(), [0, 0]),
        (StorageFull(), [0, 0]),
        (MetadataRefused(), [0, 0]),
    ],
)
def test_what_fails_rests_for_longer_each_time(error: Exception, hours: list[int]):
    assert [rest(error, failures) / timedelta(hours=1) for failures in range(1, len(hours) + 1)] == hours
