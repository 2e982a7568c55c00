"""Brings one file into the DAM: find-or-adopt, with what was sent written down before and after.

An import is answered before its asset shows, and its answer can be lost: whoever comes next must not send it again.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from clients.otmm import ImportJob
from clients.otmm.client import OtmmClient
from db.models import DerivativeAsset
from domain.assets import Json
from domain.errors import NotDoneYet, NotFound, ServiceRejected
from tasks.arrivals import Arrival
from tasks.derivative_ledger import Ledger


@dataclass(frozen=True, slots=True)
class Upload:
    """One content on its way to a folder of the DAM. `md5` is hex, `score` the one in its representation."""

    path: Path
    folder_id: str
    name: str
    md5: str
    size_bytes: int
    representation: Json
    score: str | None


@dataclass(frozen=True, slots=True)
class Patience:
    """How long one run waits for the DAM to show an asset, and after how long an upload without an answer is lost."""

    wait_s: float
    lost_after: timedelta


class DamUpload:
    """The way of one upload into the DAM. Used once."""

    def __init__(self, upload: Upload, dam: OtmmClient, ledger: Ledger, patience: Patience) -> None:
        self._upload = upload
        self._dam = dam
        self._ledger = ledger
        self._patience = patience

    def place(self, row: DerivativeAsset) -> Arrival:
        """Return the asset with this name and content: the one that is there, else a new one.

        Raises NotDoneYet while it is open what came of an earlier upload, ServiceRejected when this one is refused.
        """
        found = self._find(row.import_job_id)
        if found is not None:
            return Arrival(found, self._upload.md5, adopted=True)
        if self._is_open(row):
            job = ImportJob(row.import_job_id) if row.import_job_id else None
            return Arrival(self._wait(row, job), self._upload.md5, adopted=True)
        return Arrival(self._send(row), self._upload.md5)

    def _find(self, job_id: str | None) -> str | None:
        upload = self._upload
        return self._dam.uploaded_asset(
            upload.folder_id, upload.name, md5=upload.md5, size_bytes=upload.size_bytes, job_id=job_id
        )

    def _is_open(self, row: DerivativeAsset) -> bool:
        """Whether an earlier upload of this content may still show. One that has a job is never taken for lost."""
        if row.sent_at is None or row.content_md5 != self._upload.md5:
            return False
        return row.import_job_id is not None or datetime.now(UTC) - row.sent_at < self._patience.lost_after

    def _send(self, row: DerivativeAsset) -> str:
        upload = self._upload
        self._ledger.sending(row, upload.md5, upload.score)
        try:
            job = self._dam.upload(upload.folder_id, upload.path, upload.name, upload.representation)
        except (ServiceRejected, NotFound):
            self._ledger.not_taken(row)
            raise
        self._ledger.taken(row, job.job_id)
        return self._wait(row, job)

    def _wait(self, row: DerivativeAsset, job: ImportJob | None) -> str:
        upload = self._upload
        try:
            return self._dam.finish_import(
                job,
                upload.folder_id,
                upload.name,
                md5=upload.md5,
                size_bytes=upload.size_bytes,
                deadline_s=self._patience.wait_s,
            )
        except ServiceRejected:
            self._ledger.not_taken(row)
            raise
        except NotDoneYet as error:
            if job is not None or row.sent_at is None:
                raise
            until = (row.sent_at + self._patience.lost_after).astimezone(UTC)
            text = (
                f"{upload.name}: the answer to its upload was lost. It is sent again if the DAM does not show it until"
            )
            raise NotDoneYet(f"{text} {until:%H:%M} UTC", service=error.service) from None
