"""Names in Box: whatever the DAM allows becomes a name that Box takes, or is refused."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.box_names import LONGEST_NAME, campaign_folder_name, safe_name, tracked_name
from domain.errors import NameRefused

_ANY_TEXT = st.text(st.characters(), max_size=400)


def _is_accepted_by_box(name: str) -> bool:
    has_bad = any(character in "/\\" or unicodedata.category(character) in ("Cc", "Cs") for character in name)
    return 1 <= len(name) <= LONGEST_NAME and not has_bad and name == name.strip() and name not in (".", "..")


@given(_ANY_TEXT)
def test_a_safe_name_is_taken_by_box_or_the_asset_is_refused(text):
    try:
        name = safe_name(text)
    except NameRefused:
        return
    assert _is_accepted_by_box(name)


@given(_ANY_TEXT)
def test_making_a_safe_name_safe_again_changes_nothing(text):
    try:
        name = safe_name(text)
    except NameRefused:
        return
    assert safe_name(name) == name


@given(_ANY_TEXT, st.from_regex(r"[A-Za-z0-9]{6}", fullmatch=True))
def test_a_tracked_name_carries_its_whole_tracking_id(text, tracking_id):
    try:
        name = tracked_name(text, tracking_id)
    except NameRefused:
        return
    assert _is_accepted_by_box(name)
    assert f"_{tracking_id}" in name


@pytest.mark.parametrize("name", ["", "   ", ".", "..", " .. ", "\t\n"])
def test_a_name_of_which_nothing_is_left_is_refused(name):
    with pytest.raises(NameRefused, match="cannot be the name of anything in Box"):
        safe_name(name)


def test_control_characters_and_slashes_become_underscores():
    assert safe_name("a/b\\c\x00d\x7fe\x85f.tif") == "a_b_c_d_e_f.tif"


def test_a_lone_surrogate_does_not_reach_utf_8():
    safe_name("bad\ud800name.tif").encode("utf-8")


def test_letters_with_separate_accents_are_composed():
    assert safe_name("Cafe\u0301.tif") == "Café.tif"


def test_a_long_name_keeps_its_extension_and_leaves_room_for_the_tracking_id():
    name = safe_name("ü" * 300 + ".jpeg")
    assert len(name) == LONGEST_NAME - 7
    assert tracked_name("ü" * 300 + ".jpeg", "a7K9mP").endswith("ü_a7K9mP.jpeg")
    assert len(tracked_name("ü" * 300 + ".jpeg", "a7K9mP")) == LONGEST_NAME


def test_a_cut_never_leaves_a_space_at_the_end():
    assert safe_name("x" * 247 + " " + "y" * 50) == "x" * 247


def test_what_follows_a_dot_in_a_sentence_is_no_extension():
    assert tracked_name("Dr. Who final", "a7K9mP") == "Dr. Who final_a7K9mP"


def test_a_long_campaign_name_is_cut_but_its_suffix_stays():
    name = campaign_folder_name("C000000078", "n" * 400, prefix="MASTERS_", suffix="-Revisions")
    assert len(name) == LONGEST_NAME
    assert name.startswith("MASTERS_C000000078-n")
    assert name.endswith("n-Revisions")


def test_a_campaign_without_a_name_is_refused_by_its_number():
    with pytest.raises(NameRefused, match="C000000078"):
        campaign_folder_name("C000000078", "  ")
