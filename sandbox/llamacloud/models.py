"""The whole state of a simulated LlamaCloud: what tests look at and the HTTP side works on."""

import hmac
import threading
import uuid
from collections.abc import Mapping
from typing import Any

from sandbox.llamacloud import errors
from sandbox.llamacloud.jobs import Job, StoredFile, now
from sandbox.llamacloud.reading import Unreadable, read_scorecard
from sandbox.llamacloud.results import Result, Status, scripted
from sandbox.llamacloud.settings import LlamaCloudSettings

PROJECT_ID = str(uuid.uuid5(uuid.NAMESPACE_DNS, "project.sandbox.example.com"))


class LlamaCloudState:
    """One project with its agents, files and jobs. Thread-safe; refusals are LlamaCloudErrors."""

    def __init__(self, settings: LlamaCloudSettings | None = None) -> None:
        self.settings = settings or LlamaCloudSettings()
        self._files: dict[str, StoredFile] = {}
        self._jobs: dict[str, Job] = {}
        self._scripts: dict[str, Result] = {}
        self._lock = threading.RLock()

    @property
    def jobs(self) -> list[Job]:
        """The jobs so far, in order."""
        with self._lock:
            return list(self._jobs.values())

    @property
    def scripts(self) -> dict[str, Result]:
        """The scripted results by file name."""
        with self._lock:
            return dict(self._scripts)

    def jobs_of(self, file_name: str) -> list[Job]:
        """Return the jobs that were to read a file of this name."""
        return [job for job in self.jobs if job.file_name == file_name]

    def script(
        self, file_name: str, *, data: Any = None, error: str | None = None, status: Status | None = None
    ) -> Result:
        """Let every later job on a file of this name end so, in place of a reading; PENDING lets it never end.

        Raises ValueError.
        """
        result = scripted(data, error, status)
        with self._lock:
            self._scripts[file_name] = result
        return result

    def forget_scripts(self) -> None:
        """Go back to reading."""
        with self._lock:
            self._scripts.clear()

    def clear(self) -> None:
        """Forget files, jobs and scripts."""
        with self._lock:
            self._files.clear()
            self._jobs.clear()
            self._scripts.clear()

    def is_key(self, authorization: str) -> bool:
        """Tell whether this Authorization header carries the key."""
        return hmac.compare_digest(authorization.encode(), f"Bearer {self.settings.api_key}".encode())

    def agent_id(self, name: str) -> str:
        """Return the id of an agent: it follows from the name. Raises LlamaCloudError 404."""
        if name not in self.settings.agents:
            raise errors.not_found("Extraction agent", name)
        return _id_of(name)

    def agent_name(self, agent_id: str) -> str:
        """Return the name of the agent with this id. Raises LlamaCloudError 404."""
        for name in self.settings.agents:
            if _id_of(name) == agent_id:
                return name
        raise errors.not_found("Extraction agent", agent_id)

    def add_file(self, name: str, content: bytes, external_id: str | None = None) -> StoredFile:
        """Keep an upload."""
        file = StoredFile(name, content, external_id)
        with self._lock:
            self._files[file.id] = file
        return file

    def file(self, file_id: str) -> StoredFile:
        """Return an upload. Raises LlamaCloudError 404."""
        with self._lock:
            if file_id not in self._files:
                raise errors.not_found("File", file_id)
            return self._files[file_id]

    def add_job(self, agent_id: str, file_id: str, overrides: Mapping[str, Any]) -> Job:
        """Begin an extraction; how it ends is settled now. Raises LlamaCloudError 404, NotInstalled."""
        agent, file = self.agent_name(agent_id), self.file(file_id)
        outcome = self.scripts.get(file.name) or _read(file.content)
        with self._lock:
            job = Job(len(self._jobs) + 1, agent, file, dict(overrides), outcome)
            self._jobs[job.id] = job
            self._move_on(job)
        return job

    def job(self, job_id: str) -> Job:
        """Return a job. Raises LlamaCloudError 404."""
        with self._lock:
            if job_id not in self._jobs:
                raise errors.not_found("Extraction job", job_id)
            return self._jobs[job_id]

    def poll(self, job_id: str) -> Job:
        """Return a job that was asked after, which brings it nearer to its end. Raises LlamaCloudError 404."""
        with self._lock:
            job = self.job(job_id)
            job.polls += 1
            self._move_on(job)
            return job

    def _move_on(self, job: Job) -> None:
        wanted = self.settings.polls_to_finish
        if not job.is_finished and wanted is not None and job.polls >= wanted:
            job.is_finished, job.updated_at = True, now()


def _id_of(agent: str) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_DNS, agent))


def _read(content: bytes) -> Result:
    try:
        return Result("SUCCESS", read_scorecard(content))
    except Unreadable as error:
        return Result("ERROR", error=str(error))
