"""Brings one derivative from Box to the DAM: intent, find-or-adopt in the DAM, receipt, and only then out of Box."""

import hashlib
from datetime import timedelta
from pathlib import Path

from prefect import task
from prefect.cache_policies import NO_CACHE
from prefect.logging import get_run_logger

from clients.box.client import BoxFile
from clients.video import is_video, probe
from domain.derivatives import KnownDerivative, PlannedFile
from domain.errors import LeaseLost, NotDoneYet, NotFound
from domain.report import AssetOutcome, Outcome
from tasks.dam_upload import DamUpload, Patience, Upload
from tasks.derivative_ledger import Ledger, lease_key
from tasks.descriptions import describe
from tasks.file_outcomes import outcome_of
from tasks.progress import log_progress
from tasks.retrying import is_transient
from tasks.sent_earlier import asset_of_sent
from tasks.work import Intake


@task(
    retry_condition_fn=is_transient,
    cache_policy=NO_CACHE,
    task_run_name="ingest-{planned.target_name}",
)
def ingest_derivative(planned: PlannedFile[BoxFile], intake: Intake) -> AssetOutcome:
    """Bring one derivative to the DAM. Run twice, or after a kill, it ends the same."""
    assert planned.key is not None  # noqa: S101  (else it cannot be taken)
    with intake.services.leases.holding(lease_key(planned.key)) as lease:
        if lease is None:
            return outcome_of(planned, Outcome.LEFT, intake.services)
        try:
            return Ingestion(planned, intake, Ledger(planned, intake, lease)).run()
        except NotFound as error:
            if error.service != "Box":
                raise
            return outcome_of(planned, Outcome.GONE, intake.services)
        except LeaseLost:
            return outcome_of(planned, Outcome.LEFT, intake.services)


class Ingestion:
    """The way of one file. Used once."""

    def __init__(self, planned: PlannedFile[BoxFile], intake: Intake, ledger: Ledger) -> None:
        self._planned = planned
        self._intake = intake
        self._services = intake.services
        self._ledger = ledger

    def run(self) -> AssetOutcome:
        """Take every step that was not taken before."""
        self._settle_earlier()
        known = self._ledger.known()
        if known is not None and self._is_home(known):
            warnings = self._remove()
            return outcome_of(self._planned, Outcome.ALREADY, self._services, warnings)
        if known is not None and known.has_overtaken(self._planned.file):  # by what another run has brought meanwhile
            raise self._planned.overtaken()
        warnings = self._bring()
        return outcome_of(self._planned, Outcome.DELIVERED, self._services, warnings + self._remove())

    def _settle_earlier(self) -> None:
        """Find out what became of other content that was sent: forgotten, it would be an asset of nobody's."""
        row = self._ledger.sent_earlier()
        if row is None:
            return
        assert self._planned.master is not None  # noqa: S101  (else it cannot be taken)
        try:
            asset_id = asset_of_sent(row, self._planned.master, self._services)
        except NotDoneYet as error:
            text = f"{self._planned.file.name}: waits for other content that was sent to the DAM before it"
            raise NotDoneYet(f"{text} ({error})", service=error.service) from None
        if asset_id is not None:
            self._ledger.earlier_arrived(row, asset_id)

    def _is_home(self, known: KnownDerivative) -> bool:
        """Whether the DAM holds this very content, so that the file may leave Box."""
        file, name = self._planned.file, self._planned.target_name or ""
        if not known.is_home(file.sha1) or known.md5 is None:
            return False
        if self._intake.keep_files:
            return True  # it stays in Box, so nothing depends on the DAM's word
        dam, md5, size_bytes = self._services.dam, known.md5, file.size_bytes
        # By its id first: librarians move and rename what has come home, and listings lag.
        if known.dam_asset_id is not None and dam.still_holds(known.dam_asset_id, md5=md5, size_bytes=size_bytes):
            return True
        job_id = known.import_job_id
        return dam.uploaded_asset(self._folder_id, name, md5=md5, size_bytes=size_bytes, job_id=job_id) is not None

    def _bring(self) -> tuple[str, ...]:
        """Upload the file, or adopt what an earlier run has uploaded; return what people should look at."""
        file, name = self._planned.file, self._planned.target_name or ""
        row = self._ledger.begin()
        description = describe(self._planned, self._services)
        with self._services.workspace.folder(file.size_bytes) as folder:
            path = folder / f"content{Path(name).suffix}"
            self._services.box.download(file, path, on_progress=log_progress(self._planned.path, file.size_bytes))
            video = probe(path, name=file.name) if is_video(file.name) else None
            sent = (description.representation, description.score.value)
            upload = Upload(path, self._folder_id, name, _md5(path), file.size_bytes, *sent)
            arrival = DamUpload(upload, self._services.dam, self._ledger, self._patience).place(row)
        self._ledger.arrived(row, arrival, description, video)
        get_run_logger().info("%s: is asset %s in the DAM", self._planned.path, arrival.asset_id)
        return description.warnings

    def _remove(self) -> tuple[str, ...]:
        """Take the file out of Box, unless it is to stay or is another one by now; return what people should know."""
        if self._intake.keep_files:
            return ()
        file = self._planned.file
        self._ledger.removing()
        gone = self._services.box.delete_file(file.file_id, etag=file.etag)
        self._ledger.removed(gone=gone)
        return () if gone else ("it was changed in Box meanwhile; the next run takes that up",)

    @property
    def _folder_id(self) -> str:
        master = self._planned.master
        assert master is not None and master.upload_directory  # noqa: S101  (else it cannot be taken)
        return master.upload_directory

    @property
    def _patience(self) -> Patience:
        settings = self._services.settings
        return Patience(settings.import_wait_s, timedelta(seconds=settings.import_lost_after_s))


def _md5(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()
