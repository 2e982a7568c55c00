"""Tells of files that could not be taken in: by mail to those who mend, and beside the file in Box, once each."""

from typing import Any

from prefect.logging import get_run_logger
from prefect.runtime import flow_run
from sqlalchemy.orm import Session

from blocks.services import Services
from clients.box.client import BoxFile
from db.repositories.events import record_event
from domain.derivatives import PlannedFile
from domain.errors import NotFound, ServiceRejected, ServiceUnavailable
from domain.report import AssetOutcome, Failure
from tasks.file_outcomes import about_file
from tasks.message_facts import about_failure, about_origin
from tasks.trouble import Trouble, digest_of
from tasks.work import Intake


def tell_failures(plan: list[PlannedFile[BoxFile]], fates: dict[str, AssetOutcome], intake: Intake) -> None:
    """Tell of every file that has failed, once for each of its contents and each reason."""
    for planned in plan:
        fate = fates[planned.file.file_id]
        if fate.failure is None or fate.failure.is_old:
            continue
        with about_file(planned):
            digest = _tell(planned, fate, fate.failure, intake)
            if fate.failure.for_uploader and digest is not None:
                _remark(planned, fate.failure, digest, intake.services)


def _tell(planned: PlannedFile[BoxFile], fate: AssetOutcome, failure: Failure, intake: Intake) -> str | None:
    """Queue the mail; return the digest under which the remark is still to be made, or None."""
    number = planned.master.campaign_number if planned.master is not None else None
    signs = (planned.file.version_id or planned.file.sha1, failure.sign)
    facts = _facts(planned, fate, failure, intake.services)
    with intake.services.store.transaction() as session:
        trouble = Trouble.of_file(session, planned.file.file_id, number)
        passes = failure.will_retry
        is_new = trouble.tell_passing("refused", facts) if passes else trouble.tell("refused", signs, facts)
        if is_new:
            _record(session, planned, failure, number)
        owed = failure.for_uploader and trouble.owes_remark(digest_of(signs))
    return digest_of(signs) if owed else None


def _remark(planned: PlannedFile[BoxFile], failure: Failure, digest: str, services: Services) -> None:
    """Put the reason beside the file, where whoever handed it in works."""
    file, logger = planned.file, get_run_logger()
    text = f"This file could not be taken in. {failure.reason}\nWhat to do: {failure.advice}"
    try:
        services.box.comment(file.file_id, text, once_key=f"{file.file_id}/{digest}")
    except ServiceUnavailable as error:
        logger.warning("%s: the remark beside it could not be made yet: %s", planned.path, error)
        return
    except (ServiceRejected, NotFound) as error:  # asked again it would say the same; the mail has gone out
        logger.warning("%s: no remark can be made beside it: %s", planned.path, error)
    with services.store.transaction() as session:
        Trouble.of_file(session, file.file_id, None).remark_made()


def _facts(planned: PlannedFile[BoxFile], fate: AssetOutcome, failure: Failure, services: Services) -> dict[str, Any]:
    master, file = planned.master, planned.file
    return {
        **about_origin(master, services),
        "file": {
            "name": file.name,
            "path": planned.path,
            "tracking_id": planned.tracking_id if master is not None else None,
            "size_bytes": file.size_bytes,
            "box_url": fate.box_url,
        },
        **about_failure(failure),
    }


def _record(session: Session, planned: PlannedFile[BoxFile], failure: Failure, number: str | None) -> None:
    detail = {"box_file_id": planned.file.file_id, "name": planned.file.name, "reason": failure.reason}
    record_event(
        session,
        tracking_id=planned.known_tracking_id,
        event_type="derivative_failed" if planned.master is not None else "file_refused",
        detail={**detail, "mended_by": failure.mended_by},
        campaign_number=number,
        run_id=flow_run.id,
    )
