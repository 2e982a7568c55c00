"""What a scorecard says: read from whatever was extracted, refused with every fault at once, checked for its sum."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.errors import ScorecardRefused
from domain.scorecards import Scorecard, read_scorecard, stem_of

CARD: dict[str, Any] = {
    "filename": "RAF_spot.mp4",
    "creativex_id": "4711",
    "creativex_url": "https://app.creativex.com/4711",
    "quality_score": 80,
}
REQUIRED = {
    "filename": "file name of the scored asset",
    "creativex_id": "CreativeX id",
    "creativex_url": "link to the scorecard",
    "quality_score": "quality score",
}


def read(**parts: Any) -> Scorecard:
    """Read a good card with some parts changed."""
    return read_scorecard(CARD | parts)


def faults(extracted: object) -> list[str]:
    """Why a card is refused."""
    with pytest.raises(ScorecardRefused) as refused:
        read_scorecard(extracted)
    return str(refused.value).splitlines()[1:]


def test_a_card_of_the_four_parts_is_whole():
    card = read()
    assert (card.filename, card.creativex_id, card.creativex_url) == tuple(CARD.values())[:3]
    assert (card.quality_score, card.tier, card.guidelines, card.imbalance) == (Decimal(80), None, (), None)


@pytest.mark.parametrize("part", REQUIRED)
@pytest.mark.parametrize("nothing", [None, "", " \n", [], {}, True], ids=repr)
def test_a_card_without_one_of_the_four_parts_is_refused(part: str, nothing: object):
    assert faults(CARD | {part: nothing}) == [f"- {REQUIRED[part]}: missing"]


def test_every_fault_is_told_at_once_and_in_words():
    wrong = {"filename": "cuts/", "creativex_url": "ask Ann", "quality_score": "n/a"}
    assert faults(wrong) == [
        "- file name of the scored asset: missing",
        "- CreativeX id: missing",
        "- link to the scorecard: 'ask Ann' is no address",
        "- quality score: 'n/a' is not a number from 0 to 100",
    ]


def test_a_fault_is_told_by_the_parts_own_name_whatever_the_agent_calls_it():
    wrong = {"asset_name": "a.mp4", "id": 1, "link": "ftp://example.com", "score": "-1"}
    assert [fault.partition(":")[0] for fault in faults(wrong)] == ["- link to the scorecard", "- quality score"]


@pytest.mark.parametrize("nothing", [None, [], {}, "text", 80, [CARD, CARD]], ids=repr)
def test_what_is_no_single_card_is_refused(nothing: object):
    with pytest.raises(ScorecardRefused):
        read_scorecard(nothing)


def test_a_list_of_one_card_is_that_card():
    assert read_scorecard([CARD]) == read()


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("C:\\cuts\\final\\RAF_spot.mp4", "RAF_spot.mp4"),
        ("/Volumes/cuts/RAF_spot.mp4", "RAF_spot.mp4"),
        ("  RAF_spot.mp4\n", "RAF_spot.mp4"),
        ("RAF_Su\u0308ß.mp4", "RAF_Süß.mp4"),  # macOS hands in decomposed letters
        ("RAF_spot", "RAF_spot"),
    ],
)
def test_a_file_name_is_the_assets_without_folders(given: str, name: str):
    assert read(filename=given).filename == name


@pytest.mark.parametrize(
    ("given", "score"),
    [
        (80, "80"),
        (80.0, "80"),
        ("80.0", "80"),
        ("80,5", "80.5"),  # a German scorecard
        ("80%", "80"),
        ("80 %", "80"),
        ("80/100", "80"),
        ("80 / 100", "80"),
        (" 80 ", "80"),
        (0, "0"),
        ("0%", "0"),
        (100, "100"),
        ("100.0", "100"),
        (0.8, "80"),
        ("0.8", "80"),
        ("0,805", "80.5"),
        (0.005, "0.5"),
        ("0.99", "99"),
        (1.01, "1.01"),  # above 1 it is no fraction
        (1.5, "1.5"),
        ("1%", "1"),  # a unit leaves nothing to guess
        ("1/100", "1"),
        ("0.8%", "0.8"),
    ],
)
def test_a_score_is_read_in_every_way_it_is_written(given: object, score: str):
    assert read(quality_score=given).quality_score == Decimal(score)


@pytest.mark.parametrize(
    "given", [-1, "-1", 100.5, "101", "101%", "1e2", "NaN", float("nan"), float("inf"), "80 of 100", "eighty", "8 0"]
)
def test_what_is_no_score_from_0_to_100_is_refused(given: object):
    (fault,) = faults(CARD | {"quality_score": given})
    assert fault.startswith("- quality score: ")
    assert fault.endswith("is not a number from 0 to 100")


@pytest.mark.parametrize(
    ("tier", "shown"),
    [
        ("Excellent", "Excellent"),
        (" Very  good ", "Very good"),
        (2, "2"),
        (None, None),
        ("", None),
        ([], None),
        ({}, None),
    ],
)
def test_a_tier_that_is_missing_or_malformed_is_none(tier: object, shown: str | None):
    assert read(tier=tier).tier == shown


@settings(max_examples=40)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from([*CARD, "guidelines", "weight", "passed", "id", "tier"]), inner, max_size=5
            )
        ),
        max_leaves=12,
    )
)
def test_whatever_was_extracted_is_a_card_or_refused(extracted: object):
    try:
        card = read_scorecard(extracted)
    except ScorecardRefused:
        return
    assert 0 <= card.quality_score <= 100


@pytest.mark.parametrize(
    ("name", "stem"),
    [
        ("a.mp4", "a"),
        ("a", "a"),
        ("a.b.MP4", "a.b"),
        ("v1.final cut", "v1.final cut"),
        ("Teil 2. Folge", "Teil 2. Folge"),
    ],
)
def test_an_extension_is_two_to_five_letters_or_digits(name: str, stem: str):
    assert stem_of(name) == stem
