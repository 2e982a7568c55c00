"""What is to be done with a scorecard PDF, given what the database knows of its content."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Protocol, TypeVar

from domain.derivatives import HandedIn, rest
from domain.errors import NotDoneYet, RuleError

WORKFLOW = "creativex-scores"

_LONG_AGO = datetime.min.replace(tzinfo=UTC)


class ScorecardState(StrEnum):
    """What became of a content of a PDF."""

    PENDING = "pending"
    READ = "read"
    NEEDS_REVIEW = "needs review"
    FAILED = "failed"


class Step(StrEnum):
    """What a run does with one PDF."""

    READ = "read it"
    PUT_AWAY = "it was read: take it out of Box"
    WAIT = "a person has to look at it, or it rests after a failure"


class KnownScorecard(Protocol):
    """What the database says of a content."""

    @property
    def state(self) -> str:
        """One of `ScorecardState`."""

    @property
    def next_attempt_at(self) -> datetime | None:
        """Not to be read again before; None: at once."""


Pdf = TypeVar("Pdf", bound=HandedIn)


def next_step(known: KnownScorecard | None, now: datetime, *, asked_for: bool) -> Step:
    """Return what to do; `asked_for`: a person wants this one read, whatever came of it before."""
    if known is None or known.state == ScorecardState.PENDING:
        return Step.READ
    if known.state == ScorecardState.READ:
        return Step.PUT_AWAY
    rests = known.next_attempt_at is not None and now < known.next_attempt_at
    if asked_for or (known.state == ScorecardState.FAILED and not rests):
        return Step.READ
    return Step.WAIT


def scorecards_among(files: Iterable[Pdf]) -> list[Pdf]:
    """Return the PDFs, those handed in longest ago first: of two scorecards of one asset the later one counts."""
    pdfs = [file for file in files if file.name.lower().endswith(".pdf")]
    return sorted(pdfs, key=lambda file: (file.modified_at or _LONG_AGO, file.file_id))


def rest_of_scorecard(error: BaseException, failures: int) -> timedelta:
    """Return how long a PDF rests after so many failures.

    To read it costs money each time, also where it only took too long.

    >>> str(rest_of_scorecard(NotDoneYet(), 1))
    '1:00:00'
    """
    return rest(RuleError() if isinstance(error, NotDoneYet) else error, failures)
