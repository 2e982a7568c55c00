"""What a job comes to: read from the file by default, or as a script says."""

from dataclasses import asdict, dataclass
from typing import Any, Literal, get_args

Status = Literal["SUCCESS", "ERROR", "PARTIAL_SUCCESS", "CANCELLED", "PENDING"]
STATUSES: tuple[Status, ...] = get_args(Status)

# A run knows fewer states than its job; the package refuses any other. That these two become so is our guess.
_RUN_STATUS = {"PARTIAL_SUCCESS": "SUCCESS", "CANCELLED": "ERROR"}


@dataclass(frozen=True, slots=True)
class Result:
    """The end of a job; PENDING has none."""

    status: Status
    data: Any = None
    error: str | None = None

    @property
    def run_status(self) -> str:
        """The status as the run of the job gives it."""
        return _RUN_STATUS.get(self.status, self.status)

    def to_json(self) -> dict[str, Any]:
        """Return it as the control API shows it."""
        return asdict(self)


PENDING = Result("PENDING")


def scripted(data: Any = None, error: str | None = None, status: Status | None = None) -> Result:
    """Return the result that is described; the status follows from the others where it is not said.

    Raises ValueError for nothing at all.
    """
    if status is None and data is None and error is None:
        raise ValueError("a result needs data, an error or a status")
    if status is not None and status not in STATUSES:
        raise ValueError(f"unknown status {status!r}; known: {', '.join(STATUSES)}")
    return Result(status or ("ERROR" if error is not None else "SUCCESS"), data, error)
