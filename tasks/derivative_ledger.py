"""What the database is told of one derivative on its way: intent, what was sent, receipt, each in its transaction.

What the receipt says is in `tasks.arrivals`.
"""

from collections.abc import Callable
from pathlib import PurePosixPath
from typing import TypeVar

from prefect.runtime import flow_run
from sqlalchemy.orm import Session

from clients.box.client import BoxFile
from clients.video import VideoFacts
from db.leases import Lease, check_fence
from db.models import DerivativeAsset, MasterAsset
from db.repositories import derivatives
from db.repositories.events import record_event
from domain.derivatives import KnownDerivative, KnownMaster, PlannedFile
from tasks.arrivals import Arrival, note_arrival
from tasks.descriptions import Description
from tasks.scores import score_in_dam
from tasks.sent_earlier import as_it_was_sent
from tasks.telling_home import Arrived
from tasks.work import Intake

Result = TypeVar("Result")

_REPLACED = "other content was handed in while it was on its way"


class Ledger:
    """The entries of one derivative, written under the lease of the run that works on it."""

    def __init__(self, planned: PlannedFile[BoxFile], intake: Intake, lease: Lease) -> None:
        self._planned = planned
        self._intake = intake
        self._lease = lease

    def known(self) -> KnownDerivative | None:
        """Return what the database says now: another run may have been at work since the plan was made."""
        with self._intake.services.store.transaction() as session:
            row = derivatives.derivative(session, *self._key)
            return known_derivative(row) if row is not None else None

    def sent_earlier(self) -> DerivativeAsset | None:
        """Return what the database says of other content that was sent, while it is open what came of it."""
        with self._intake.services.store.transaction() as session:
            row = derivatives.derivative(session, *self._key)
        is_open = row is not None and row.sent_at is not None and row.box_sha1 != self._planned.file.sha1
        return row if is_open else None

    def earlier_arrived(self, row: DerivativeAsset, asset_id: str) -> None:
        """Write down which asset that other content has become; the one at hand is waited for from then on."""
        services = self._intake.services
        arrival = Arrival(asset_id, row.content_md5 or "", adopted=True)

        def write(session: Session) -> None:
            note_arrival(session, row, arrival, as_it_was_sent(row, self._master, _REPLACED, services), services)
            derivatives.expect(session, [new_row(self._planned)])

        self._write(write)

    def begin(self) -> DerivativeAsset:
        """Write down that the content is being taken up; return what is known of earlier tries with it."""
        content = _content_of(self._planned.file)

        def write(session: Session) -> DerivativeAsset:
            derivatives.expect(session, [new_row(self._planned)])  # by file ids, no plan has written it down
            row = derivatives.begin(session, *self._key, **content)
            self._record(session, "derivative_started", box_file_id=content["box_file_id"], sha1=content["box_sha1"])
            return row

        return self._write(write)

    def sending(self, row: DerivativeAsset, md5: str, score: str | None) -> None:
        """Write down that the content is about to be sent, with this score in what the DAM is told of it."""
        self._write(lambda session: derivatives.record_sending(session, row.id, md5=md5, score=score))

    def taken(self, row: DerivativeAsset, job_id: str) -> None:
        """Write down the job that the DAM has answered with."""
        self._write(lambda session: derivatives.record_job(session, row.id, job_id))

    def not_taken(self, row: DerivativeAsset) -> None:
        """Write down that the DAM has refused what was sent."""
        self._write(lambda session: derivatives.record_not_taken(session, row.id))

    def arrived(
        self, row: DerivativeAsset, arrival: Arrival, description: Description, video: VideoFacts | None
    ) -> None:
        """Write down which asset the content has become, and queue the messages about it."""
        intake, score = self._intake, self._score_of(arrival, row, description)
        arrived = Arrived(self._master, self._planned.path, description, score, video, intake.keep_files)
        self._write(lambda session: note_arrival(session, row, arrival, arrived, intake.services))

    def removing(self) -> None:
        """Write down that the file is about to be taken out of Box."""
        self._write(lambda session: derivatives.record_removing(session, self._key, self._planned.file.file_id))

    def removed(self, *, gone: bool) -> None:
        """Note whether the file was taken out of Box, or has changed there meanwhile."""
        event = "removed_from_box" if gone else "changed_in_box"

        def write(session: Session) -> None:
            derivatives.record_not_removing(session, self._key)
            self._record(session, event, box_file_id=self._planned.file.file_id)

        self._write(write)

    def _score_of(self, arrival: Arrival, row: DerivativeAsset, description: Description) -> str | None:
        """Return the score that the asset carries: one that was there already keeps the score it was sent with."""
        if not arrival.adopted:
            return description.score.value
        if row.sent_at is not None and row.content_md5 == arrival.md5:
            return row.sent_score
        return score_in_dam(arrival.asset_id, description.score.value, self._intake.services)

    def _write(self, change: Callable[[Session], Result]) -> Result:
        with self._intake.services.store.transaction() as session:
            check_fence(session, self._lease)
            return change(session)

    @property
    def _master(self) -> KnownMaster:
        assert self._planned.master is not None  # noqa: S101  (else it would not have been taken)
        return self._planned.master

    @property
    def _key(self) -> derivatives.Key:
        key = self._planned.key
        if key is None:
            raise ValueError(f"{self._planned.path} cannot be told apart from other derivatives")
        return key

    def _record(self, session: Session, event_type: str, **detail: object) -> None:
        master = self._planned.master
        record_event(
            session,
            tracking_id=self._planned.tracking_id,
            event_type=event_type,
            detail={"name": self._planned.target_name, **detail},
            campaign_number=master.campaign_number if master is not None else None,
            run_id=flow_run.id,
        )


def lease_key(key: derivatives.Key) -> str:
    """Return the key of the lease under which a derivative's entries are written."""
    return "/".join(("derivative", *key))


def known_derivative(row: DerivativeAsset) -> KnownDerivative:
    """Return what a row says of its derivative."""
    return KnownDerivative(
        status=row.upload_status,
        sha1=row.box_sha1,
        md5=row.content_md5,
        dam_asset_id=row.dam_asset_id,
        import_job_id=row.import_job_id,
        failures=row.retry_count,
        last_error=row.last_error,
        next_attempt_at=row.next_attempt_at,
        dam_handed_in_at=row.dam_handed_in_at,
    )


def known_master(master: MasterAsset) -> KnownMaster:
    """Return what a row says of its master."""
    return KnownMaster(
        master_id=master.id,
        tracking_id=master.tracking_id,
        name=master.original_filename,
        campaign_number=master.local_campaign_id,
        campaign_name=master.campaign_name or "",
        upload_directory=master.upload_directory,
        box_url=master.box_url,
    )


def new_row(planned: PlannedFile[BoxFile]) -> derivatives.NewDerivative:
    """Return the row of a derivative that can be taken and was never heard of."""
    assert planned.key is not None and planned.master is not None  # noqa: S101  (else it cannot be taken)
    tracking_id, filename = planned.key
    return {
        **_content_of(planned.file),
        "tracking_id": tracking_id,
        "master_asset_id": planned.master.master_id,
        "derivative_filename": filename,
        "file_extension": PurePosixPath(filename).suffix,
    }


def _content_of(file: BoxFile) -> derivatives.Content:
    return {
        "box_file_id": file.file_id,
        "box_file_version_id": file.version_id,
        "handed_in_filename": file.name,
        "handed_in_at": file.modified_at,
        "box_sha1": file.sha1,
        "file_size_bytes": file.size_bytes,
    }
