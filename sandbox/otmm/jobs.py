"""Import jobs: what an upload returns, and when its asset shows."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sandbox.blobs import Blob
from sandbox.otmm.metadata import metadata_elements
from sandbox.otmm.settings import OtmmSettings


@dataclass(frozen=True, slots=True)
class Upload:
    """What a client sent; `representation` and `manifest` are kept as they came, for tests to look at."""

    parent_id: str
    file_name: str
    mime_type: str
    blob: Blob
    representation: dict[str, Any]
    manifest: dict[str, Any]

    @property
    def elements(self) -> Any:
        """The metadata elements of the representation."""
        return metadata_elements(self._asset)

    @property
    def security_policies(self) -> list[int]:
        """Ids of the security policies, which clients send as numbers or as strings."""
        return [int(policy["id"]) for policy in self._asset.get("security_policy_list", [])]

    @property
    def model_id(self) -> str:
        """Id of the metadata model."""
        return str(self._asset.get("metadata_model_id", ""))

    @property
    def _asset(self) -> dict[str, Any]:
        found: dict[str, Any] = self.representation["asset_resource"]["asset"]
        return found


@dataclass
class ImportJob:
    """One import. `polls_left` is None for a job that never ends."""

    id: int
    upload: Upload
    polls_left: int | None
    asset_id: str | None = None
    failure: str | None = None

    @property
    def status(self) -> str:
        """The job's status as its resource shows it."""
        if self.failure is not None:
            return "FAILED"
        return "RUNNING" if self.asset_id is None else "COMPLETED"

    def to_json(self, shape: str) -> dict[str, Any]:
        """The job's resource in the shape that the settings ask for. The real one's is not known."""
        job: dict[str, Any] = {"job_id": str(self.id), "status": self.status, "job_type": "ARTESIA.JOB.IMPORT"}
        if self.failure is not None:
            job["error_message"] = self.failure
        if self.asset_id is not None:
            job["asset_ids"] = [self.asset_id]
        return {"job_handle": job} if shape == "handle" else {"job_resource": {"job": job}}


class ImportJobs:
    """All import jobs by id; `deliver` makes the asset of one that ends well. The caller holds the state's lock."""

    def __init__(self, settings: OtmmSettings, deliver: Callable[[ImportJob], str]) -> None:
        self.by_id: dict[int, ImportJob] = {}
        self._settings = settings
        self._deliver = deliver

    def start(self, upload: Upload) -> ImportJob:
        """Open a job; it may be done at once."""
        job = ImportJob(1125 + len(self.by_id), upload, self._settings.import_polls)
        self.by_id[job.id] = job
        self._finish_if_due(job)
        return job

    def look(self, job: ImportJob) -> ImportJob:
        """Count one poll of a job."""
        if job.polls_left:
            job.polls_left -= 1
        self._finish_if_due(job)
        return job

    def look_into(self, folder_id: str) -> None:
        """Count one poll of every import that runs into a folder: listing it is the other way to wait for the asset."""
        for job in self._running():
            if job.upload.parent_id == folder_id:
                self.look(job)

    def finish_all(self) -> None:
        """End every job that runs, also those that never would."""
        for job in self._running():
            job.polls_left = 0
            self._finish_if_due(job)

    def _running(self) -> list[ImportJob]:
        return [job for job in self.by_id.values() if job.status == "RUNNING"]

    def _finish_if_due(self, job: ImportJob) -> None:
        if job.polls_left != 0 or job.status != "RUNNING":
            return
        if self._settings.import_fails is not None:
            job.failure = self._settings.import_fails
        else:
            job.asset_id = self._deliver(job)
