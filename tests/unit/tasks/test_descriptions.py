"""What is said of a file that an earlier run has sent, when another score was found since."""

import pytest

from domain.assets import Json
from tasks.descriptions import Description, as_it_was_sent
from tasks.scores import Score

REPRESENTATION: Json = {"asset": {"metadata": []}}
NEWER = "the score 80 was found after it was sent, and is not in the DAM"


def described(score: Score, *warnings: str) -> Description:
    """A description of a file with this score."""
    return Description(REPRESENTATION, score, warnings)


@pytest.mark.parametrize("value", ["80", None])
def test_a_file_that_was_sent_with_the_score_found_now_is_described_as_it_is(value: str | None):
    now = described(Score(value, "https://example.com", "metadata in Box", "look"), "look")
    assert as_it_was_sent(now, value) is now


@pytest.mark.parametrize("sent", ["70", None, "80.0"])
def test_a_score_that_was_found_since_is_told_as_not_in_the_dam(sent: str | None):
    now = described(Score("80", "https://example.com", "CreativeX scorecard 4711"), "unknown brand")
    assert as_it_was_sent(now, sent) == described(Score(sent), "unknown brand", NEWER)


def test_a_score_that_was_sent_and_is_not_found_any_more_is_still_the_one_in_the_dam():
    now = described(Score(warning="no CreativeX score was found"), "unknown brand")
    assert as_it_was_sent(now, "70") == described(Score("70"), "unknown brand")
