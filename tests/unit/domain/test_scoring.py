"""What is done with a scorecard PDF, in which order, and how long one rests that could not be read."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from domain.errors import NotDoneYet, NotFound, ScorecardRefused, ServiceRejected, ServiceUnavailable, StoreUnavailable
from domain.scoring import ScorecardState, Step, next_step, rest_of_scorecard, scorecards_among

NOW = datetime(2027, 3, 4, 5, tzinfo=UTC)
HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Known:
    """What the database says of a content."""

    state: str
    next_attempt_at: datetime | None = None


@dataclass(frozen=True)
class File:
    """A file in Box."""

    file_id: str
    name: str = "card.pdf"
    modified_at: datetime | None = NOW
    sha1: str = "a" * 40
    version_id: str | None = None
    size_bytes: int = 1
    etag: str = "0"
    folder_path: tuple[str, ...] = ()
    metadata: Mapping[str, object] | None = None


def test_a_content_that_nobody_knows_is_read():
    assert next_step(None, NOW, asked_for=False) is next_step(None, NOW, asked_for=True) is Step.READ


@pytest.mark.parametrize(
    ("known", "step", "asked_for"),
    [
        (Known("pending"), Step.READ, Step.READ),  # a run died over it
        (Known("read"), Step.PUT_AWAY, Step.PUT_AWAY),  # to read it again would cost, and say the same
        (Known("needs review"), Step.WAIT, Step.READ),
        (Known("failed"), Step.READ, Step.READ),
        (Known("failed", NOW - HOUR), Step.READ, Step.READ),
        (Known("failed", NOW), Step.READ, Step.READ),
        (Known("failed", NOW + timedelta(microseconds=1)), Step.WAIT, Step.READ),
    ],
)
def test_the_next_step_follows_from_what_became_of_the_content(known: Known, step: Step, asked_for: Step):
    assert next_step(known, NOW, asked_for=False) is step
    assert next_step(known, NOW, asked_for=True) is asked_for


def test_every_state_has_a_next_step():
    assert {next_step(Known(state), NOW, asked_for=False) for state in ScorecardState} == set(Step)


def test_scorecards_are_the_pdfs_whatever_the_case_of_their_extension():
    names = ["a.pdf", "b.PDF", "c.Pdf", "d.pdf.txt", "e.docx", "pdf", "f.pdf "]
    found = scorecards_among(File(name, name) for name in names)
    assert [file.name for file in found] == ["a.pdf", "b.PDF", "c.Pdf"]


def test_what_was_handed_in_longest_ago_is_first_so_that_the_later_card_counts():
    times = {"1": NOW, "2": NOW - HOUR, "3": None, "4": NOW, "5": NOW - 2 * HOUR}
    files = [File(file_id, modified_at=time) for file_id, time in times.items()]
    in_order = ["3", "5", "2", "1", "4"]
    assert [file.file_id for file in scorecards_among(files)] == in_order
    assert [file.file_id for file in scorecards_among(reversed(files))] == in_order


@pytest.mark.parametrize("error", [ServiceUnavailable(), StoreUnavailable()], ids=repr)
def test_what_heals_by_itself_does_not_rest(error: Exception):
    assert rest_of_scorecard(error, 9) == timedelta(0)


@pytest.mark.parametrize(
    "error", [NotDoneYet(), ScorecardRefused(["no"]), ServiceRejected(), NotFound(), RuntimeError()], ids=repr
)
def test_what_costs_money_each_time_rests_longer_and_longer_to_a_day(error: Exception):
    rests = [rest_of_scorecard(error, failures) for failures in (1, 2, 3, 6, 99)]
    assert rests == [HOUR, 2 * HOUR, 4 * HOUR, 24 * HOUR, 24 * HOUR]
