"""What the guidelines on a scorecard say of its score: what they add up to, and which of two scores is meant."""

from decimal import Decimal
from typing import Any

import pytest

from domain.errors import ScorecardRefused
from domain.scorecards import Scorecard, read_scorecard

CARD: dict[str, Any] = {
    "filename": "RAF_spot.mp4",
    "creativex_id": "4711",
    "creativex_url": "https://app.creativex.com/4711",
    "quality_score": 80,
}


def read(**parts: Any) -> Scorecard:
    """Read a good card with some parts changed."""
    return read_scorecard(CARD | parts)


def guidelines(*weights: object, passed: object = True) -> list[dict[str, object]]:
    """Guidelines of these weights."""
    return [
        {"name": f"Guideline {number}", "weight": weight, "passed": passed} for number, weight in enumerate(weights)
    ]


def halves(passed: object, missed: object) -> list[dict[str, object]]:
    """A guideline that was passed and one that was missed."""
    return [*guidelines(passed), *guidelines(missed, passed=False)]


@pytest.mark.parametrize(
    ("results", "meant"),
    [
        (guidelines(60, 40), 100),
        (guidelines(0.6, 0.4), 100),
        (halves("99.5", "0.5"), 100),
        (halves(1, 99), 1),
        (halves("0.01", "0.99"), 1),
        (halves("1.5", "98.5"), 1),
        (halves("0.5", "99.5"), 1),
    ],
)
def test_a_score_of_one_is_taken_for_what_the_guidelines_say(results: list[Any], meant: int):
    for one in (1, 1.0, "1", "1.0", "1,00"):
        card = read(quality_score=one, guidelines=results)
        assert (card.quality_score, card.imbalance) == (Decimal(meant), None)


@pytest.mark.parametrize(
    "results",
    [
        None,
        [],
        "none",
        halves(40, 60),
        halves("99.4", "0.6"),
        halves("1.6", "98.4"),
        guidelines(None, 1),
        guidelines("x"),
    ],
    ids=repr,
)
def test_a_score_of_one_is_refused_where_the_guidelines_do_not_tell(results: object):
    with pytest.raises(ScorecardRefused) as refused:
        read(quality_score=1, guidelines=results)
    assert refused.value.faults == ("quality score: 1 may be 1 or 100 of 100, and the guidelines do not tell which",)


@pytest.mark.parametrize(
    "results",
    [None, "all passed", 8, {}, {"Logo": True}, [None], ["Logo"], [[]], [{}], [{"weight": [80], "passed": {}}]],
    ids=repr,
)
def test_guidelines_that_are_malformed_spoil_no_card(results: object):
    card = read(guidelines=results)
    assert (card.quality_score, card.passed_sum, card.imbalance) == (Decimal(80), None, None)


@pytest.mark.parametrize(
    "odd", [None, "Logo early, 20, passed", {}, {"name": "Logo early"}, ["Logo early", 20]], ids=repr
)
def test_of_guidelines_that_can_be_read_in_part_no_sum_is_told(odd: object):
    card = read(guidelines=[*halves(60, 20), odd])
    assert (card.passed_sum, card.imbalance) == (None, None)


@pytest.mark.parametrize(
    ("weights", "total"),
    [
        ((60, 40), "60"),
        (("60", "40"), "60"),
        (("60%", "40 %"), "60"),
        (("60,5", "39,5"), "60.5"),
        ((0.6, 0.4), "60"),
        (("0.605", "0.395"), "60.5"),
        ((0.1 + 0.2, 0.7), "30"),  # which is not 0.3 in binary
        (("0.34", "0.67"), "34"),  # rounded fractions of a hundredth too much
        ((0, 0), "0"),
        ((0, 100), "0"),
        ((100, 0), "100"),
        ((1, 0), "100"),
        ((1, 99), "1"),
    ],
)
def test_weights_are_points_or_percent_or_fractions(weights: tuple[object, object], total: str):
    found = read(guidelines=halves(*weights)).passed_sum
    assert found is not None
    assert round(found, 9) == Decimal(total)


@pytest.mark.parametrize("weight", [None, "", "heavy", -1, "-0.5", float("nan"), "inf", True, [60]], ids=repr)
def test_a_weight_that_cannot_be_read_leaves_the_sum_untold(weight: object):
    assert read(guidelines=halves(weight, 40)).passed_sum is None


@pytest.mark.parametrize("word", [True, 1, "passed", "PASS", "Met", "yes", "True", " adhered ", "1"])
def test_a_guideline_is_passed_by_many_words(word: object):
    assert read(guidelines=guidelines(80, passed=word)).passed_sum == 80


@pytest.mark.parametrize("word", [False, 0, "missed", "FAIL", "Failed", "not met", "Not  passed", "no", "false", "0"])
def test_a_guideline_is_missed_by_many_words(word: object):
    assert read(guidelines=guidelines(80, passed=word)).passed_sum == 0


@pytest.mark.parametrize("word", [None, "", "n/a", "partly", 2, []], ids=repr)
def test_a_result_that_is_neither_leaves_the_sum_untold(word: object):
    assert read(guidelines=[*guidelines(80), *guidelines(20, passed=word)]).passed_sum is None


@pytest.mark.parametrize("word", ["result", "status", "met"])
def test_a_result_goes_by_many_names(word: str):
    assert read(guidelines=[{"title": "Logo", "weight": 80, word: "yes"}]).passed_sum == 80


@pytest.mark.parametrize(
    ("score", "passed", "imbalance"),
    [
        (80, 80, None),
        ("80.5", 80, None),
        ("79.5", 80, None),
        ("80.51", 80, "0.51"),
        ("79.49", 80, "-0.51"),
        (80, "80.5", None),
        (80, "80.501", "-0.501"),
        ("80%", "80%", None),
        ("0.8", "80.5", None),
        ("0.805", "0.8", None),
        ("0.8051", "0.8", "0.51"),
        (0, "0.5", None),
        (0, "0.6", "-0.6"),
        (100, "99.5", None),
        (100, "99.4", "0.6"),
        (0, 0, None),
        (80, 0, "80"),
        (0.8, 8, "72"),
    ],
)
def test_a_score_is_at_most_half_a_point_from_the_sum_of_what_was_passed(
    score: object, passed: object, imbalance: str | None
):
    fraction = passed == "0.8"
    card = read(quality_score=score, guidelines=halves(passed, "0.2" if fraction else 20))
    assert card.imbalance == (Decimal(imbalance) if imbalance is not None else None)
