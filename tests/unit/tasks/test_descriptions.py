"""What is said of a file whose asset the DAM had already, when another score was found since."""

import pytest

from domain.assets import Json
from tasks.descriptions import Description, as_it_is_in_dam
from tasks.scores import Score

REPRESENTATION: Json = {"asset": {"metadata": []}}
NEWER = "the score 80 was found after it was sent, and is not in the DAM"


def described(score: Score, *warnings: str) -> Description:
    """A description of a file with this score."""
    return Description(REPRESENTATION, score, warnings)


@pytest.mark.parametrize("value", ["80", None])
def test_a_file_whose_score_in_the_dam_is_the_newest_is_described_as_it_is(value: str | None):
    now = described(Score(value, "https://example.com", "metadata in Box", "look"), "look")
    assert as_it_is_in_dam(now, value, value) == now


@pytest.mark.parametrize("held", ["70", None])
def test_a_score_that_was_found_since_is_told_as_not_in_the_dam(held: str | None):
    now = described(Score("80", "https://example.com", "CreativeX scorecard 4711"), "unknown brand")
    assert as_it_is_in_dam(now, held, "80") == described(Score(held), "unknown brand", NEWER)


def test_a_score_that_came_while_the_file_was_on_its_way_is_told_beside_the_one_it_went_with():
    now = described(Score("70", "https://example.com", "CreativeX scorecard 4711"))
    assert as_it_is_in_dam(now, "70", "80") == described(now.score, NEWER)


def test_a_score_that_is_not_found_any_more_is_still_the_one_in_the_dam_and_not_missed():
    lacking = "no CreativeX score was found"
    now = described(Score(warning=lacking), "unknown brand", lacking)
    assert as_it_is_in_dam(now, "70", None) == described(Score("70"), "unknown brand")
