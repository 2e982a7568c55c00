"""What the search and the DAM itself show of campaigns, held against what we know of them."""

import pytest

from domain.assets import Campaign
from domain.errors import MetadataRefused
from domain.stays import Change, Doubt, KnownStay, Sight, find_doubts, judge

NUMBER = "C000000078"


def campaign(status: str = "A4", number: str = NUMBER, folder_id: str = "f1", name: str = "Spring") -> Campaign:
    return Campaign(folder_id, number, name, "Local Adaptation", status)


def stay(status: str = "A4", number: str = NUMBER, folder_id: str | None = "f1") -> KnownStay:
    return KnownStay(7, number, "Spring", folder_id, status)


def doubts(*shown: Campaign, known: KnownStay | None = None) -> list[Doubt]:
    return find_doubts(shown, {known.number: known} if known else {})


def change(*read: Campaign, known: KnownStay | None = None) -> Change:
    return judge(Doubt(NUMBER, "Spring", ("f1",), known), read)


def test_a_campaign_that_is_shown_as_we_know_it_is_not_read_again():
    assert doubts(campaign(), known=stay()) == []


@pytest.mark.parametrize(
    ("shown", "folders"),
    [
        ([campaign("A5")], ("f1",)),
        ([campaign(name="Summer")], ("f1",)),
        ([campaign(folder_id="f2")], ("f2",)),
        ([campaign("A4"), campaign("A5")], ("f1",)),
        ([campaign(), campaign(folder_id="f2")], ("f1", "f2")),
        ([], ("f1",)),
    ],
    ids=["moved", "renamed", "another folder", "in two statuses", "two folders", "not shown"],
)
def test_whatever_differs_is_read_by_id(shown: list[Campaign], folders: tuple[str, ...]):
    (doubt,) = doubts(*shown, known=stay())
    assert (doubt.number, doubt.folder_ids, doubt.known) == (NUMBER, folders, stay())


def test_a_campaign_that_is_new_to_us_is_read_by_id():
    (doubt,) = doubts(campaign("B1"))
    assert (doubt.folder_ids, doubt.known) == (("f1",), None)


def test_a_campaign_without_a_number_is_left_out():
    assert doubts(campaign(number="")) == []


def test_a_stay_of_which_nobody_knows_the_folder_is_read_where_it_is_shown_and_left_alone_where_not():
    assert doubts(campaign(), known=stay(folder_id=None))[0].folder_ids == ("f1",)
    assert doubts(known=stay(folder_id=None)) == []


@pytest.mark.parametrize(
    ("read", "known", "sight"),
    [
        ([campaign()], None, Sight.FIRST),
        ([campaign()], stay(), Sight.SAME),
        ([campaign(name="Summer")], stay(), Sight.SAME),
        ([campaign("A5")], stay(), Sight.MOVED),
        ([campaign("A10")], stay(), Sight.MOVED),
        ([campaign("")], stay(), Sight.MOVED),
        ([], stay(), Sight.GONE),
        ([campaign(number="C9")], stay(), Sight.GONE),
        ([], None, Sight.NOTHING),
        ([campaign("A10")], None, Sight.NOTHING),
        ([campaign(number="C9")], None, Sight.NOTHING),
    ],
)
def test_what_has_become_of_a_campaign(read: list[Campaign], known: KnownStay | None, sight: Sight):
    assert change(*read, known=known).sight is sight


@pytest.mark.parametrize(
    ("origin", "target", "listed"),
    [("A3", "A4", True), ("A4", "A5", True), ("A4", "A1", False), ("A4", "A10", False), ("X", "A1", False)],
)
def test_a_move_that_somebody_made_is_held_against_the_status_machine(origin: str, target: str, listed: bool):
    assert change(campaign(target), known=stay(origin)).is_listed is listed


def test_two_folders_under_one_number_are_told_with_what_to_do():
    with pytest.raises(MetadataRefused) as caught:
        change(campaign(), campaign("A1", folder_id="f2", name="Copy"), known=stay())
    assert str(caught.value) == (
        "C000000078: 'Spring' (folder f1) and 'Copy' (folder f2) carry the same campaign number; correct one of them"
    )


def test_a_folder_that_no_longer_carries_the_number_is_in_nobodys_way():
    assert change(campaign(), campaign("A1", number="C9", folder_id="f2"), known=stay()).sight is Sight.SAME
