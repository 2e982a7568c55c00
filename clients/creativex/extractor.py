"""What reads a scorecard, whoever does it."""

from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class Extraction:
    """What was read of one PDF, as JSON and not yet judged, and the job that read it."""

    data: Any
    job_id: str | None = None


class ScoreExtractor(Protocol):
    """Reads PDFs by machine. One instance is shared by all threads of a process."""

    def probe(self) -> str:
        """Return the name of the agent that reads. Raises ServiceError when it is not there or the sign-in fails."""

    def extract(self, content: bytes, *, name: str) -> Extraction:
        """Return what is written in a PDF; `name` is its file name.

        Raises ScorecardRefused when it cannot be read, NotDoneYet when that takes too long, ServiceUnavailable when it
        is to be tried again, ServiceRejected for everything else.
        """
