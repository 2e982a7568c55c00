"""What the database is told of one derivative on its way: intent, what was sent, receipt, each in its transaction.

The receipt queues the messages about the arrival, so that none is lost and none is told twice.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TypeVar

from prefect.runtime import flow_run
from sqlalchemy.orm import Session

from clients.box.client import BoxFile
from clients.video import VideoFacts
from db.leases import Lease, check_fence
from db.models import DerivativeAsset
from db.repositories import derivatives
from db.repositories.events import record_event
from db.repositories.progress import serialize_arrivals
from db.repositories.rejections import record_returned
from domain.derivatives import KnownDerivative, PlannedFile
from tasks.descriptions import Description, as_it_is_in_dam
from tasks.scores import newest_score, score_in_dam
from tasks.telling_home import tell_uploaded
from tasks.trouble import Trouble
from tasks.work import Intake

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Arrival:
    """The asset that a content has become in the DAM. `adopted`: it was there already, and nothing was sent."""

    asset_id: str
    md5: str
    adopted: bool = False


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
        is_rework = row.dam_asset_id is not None
        held = self._score_of(arrival, row, description)
        facts: derivatives.ArrivalFacts = {"content_md5": arrival.md5, "creativex_score": held}
        if video is not None:
            facts |= {"width": video.width, "height": video.height, "duration_s": video.duration_s}
            facts |= {"video_codec": video.codec, "frame_rate": video.frame_rate}
        detail = {"dam_asset_id": arrival.asset_id, "adopted": arrival.adopted, "rework": is_rework}

        def write(session: Session) -> None:
            if self._planned.master is not None:
                serialize_arrivals(session, self._planned.master.campaign_number)
            done = derivatives.record_arrived(session, row.id, arrival.asset_id, **facts)
            self._record(session, "derivative_uploaded", **detail)
            for answered in record_returned(
                session, tracking_id=done.tracking_id, derivative_asset_id=done.id, dam_asset_id=arrival.asset_id
            ):
                self._record(session, "rework_returned", dam_asset_id=arrival.asset_id, rejected=answered.opentext_id)
            Trouble.of_file(session, self._planned.file.file_id, None).clear()
            newest = newest_score(session, done.derivative_filename) or description.score.value
            told = as_it_is_in_dam(description, held, newest)
            tell_uploaded(session, done, self._planned, told, self._intake, video=video, is_rework=is_rework)

        self._write(write)

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
        "box_sha1": file.sha1,
        "file_size_bytes": file.size_bytes,
    }
