"""Import jobs of OpenText Media Management: the handle an upload returns, and `GET /v6/jobs/{id}`.

That jobs can be read is documented, how they look is not: the shape is guessed in this module alone, and where the
DAM has no such resource nothing is lost but the reason of a failure.
"""

import re
from dataclasses import dataclass
from typing import Any

from clients.otmm.http import Call, DamHttp, segment
from domain.assets import Json
from domain.errors import ServiceError, ServiceUnavailable
from domain.masking import mask

_STATUS_KEY = re.compile(r"(job_?)?(status|state)", re.IGNORECASE)
_REASON_KEY = re.compile(
    r"(error|failure|status)_?(message|reason|description|detail)s?|message|reason|error", re.IGNORECASE
)
_FAILED = re.compile(r"(\w+[ _.-])?(failed|failure)|error|aborted|cancell?ed|rejected", re.IGNORECASE)
_LONGEST_TEXT = 300


@dataclass(frozen=True, slots=True)
class ImportJob:
    """An import that the DAM has accepted. The id is the job's, never an asset's."""

    job_id: str


def job_id_in(answer: Json) -> str | None:
    """Return the id of the job in an answer to an upload, or None; some imports name it `process_instance_id`.

    >>> job_id_in({"job_handle": {"job_id": "1125"}}), job_id_in({"job_handle": {"process_instance_id": 7}})
    ('1125', '7')
    """
    handle = answer.get("job_handle")
    if not isinstance(handle, dict):
        return None
    job_id = handle.get("job_id") or handle.get("process_instance_id")
    return str(job_id) if isinstance(job_id, str | int) else None


class JobWatch:
    """Asks what became of an import job, as long as the DAM says anything about it; of None there is nothing to ask."""

    def __init__(self, http: DamHttp, job_id: str | None) -> None:
        self._http = http
        self._job_id = job_id

    def failure(self) -> str | None:
        """Return why the job has failed; None when it has not, or when the DAM does not say."""
        if self._job_id is None:
            return None
        call = Call("GET", f"/jobs/{segment(self._job_id)}", f"import job {self._job_id}")
        try:
            return failure_in(self._http.read(call))
        except ServiceUnavailable:
            return None
        except ServiceError:  # no such resource here, or not for this user
            self._job_id = None
            return None


def failure_in(job: Json) -> str | None:
    """Return the reason that a job's resource gives for its failure, or None when it shows none.

    >>> failure_in({"job_resource": {"job": {"status": "FAILED", "error_message": "No space left."}}})
    'No space left.'
    >>> failure_in({"job_handle": {"job_id": "1125", "state": "Import_Failed"}})
    'its status is Import_Failed'
    >>> failure_in({"job": {"status": "COMPLETED_WITH_ERRORS", "steps": [{"status": "FAILED"}]}})
    """
    status = _first_text(job, _STATUS_KEY)
    if status is None or not _FAILED.fullmatch(status.strip()):
        return None
    return mask(_first_text(job, _REASON_KEY) or f"its status is {status}")[:_LONGEST_TEXT]


def _first_text(tree: Json, key: re.Pattern[str]) -> str | None:
    """Return the first text under such a key; outer levels come first, since inner ones speak of single steps."""
    level: list[Any] = [tree]
    while level:
        pairs = [pair for item in level if isinstance(item, dict) for pair in item.items()]
        for name, value in pairs:
            if isinstance(value, str) and value and key.fullmatch(name):
                return value
        listed = [inner for item in level if isinstance(item, list) for inner in item]
        level = listed + [value for _, value in pairs]
    return None
