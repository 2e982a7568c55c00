"""What became of one file that was handed in, for the report."""

from contextlib import AbstractContextManager

from blocks.services import Services
from clients.logs import about
from domain.assets import Json
from domain.derivatives import File, PlannedFile
from domain.report import AssetOutcome, Failure, Outcome

_STAYS_IN_BOX = (Outcome.FAILED, Outcome.PLANNED, Outcome.LEFT)


def about_file(planned: PlannedFile[File]) -> AbstractContextManager[None]:
    """Return what lets log lines tell of the campaign and the tracking id of a file, as far as they are known."""
    return about(planned.master.campaign_number if planned.master is not None else None, planned.tracking_id)


def outcome_of(
    planned: PlannedFile[File],
    outcome: Outcome,
    services: Services,
    warnings: tuple[str, ...] = (),
    representation: Json | None = None,
) -> AssetOutcome:
    """Return the outcome of a file that was not refused."""
    return _outcome(planned, outcome, services, warnings=warnings, representation=representation)


def failed(planned: PlannedFile[File], error: BaseException, services: Services) -> AssetOutcome:
    """Return the outcome of a file that has not arrived."""
    return _outcome(planned, Outcome.FAILED, services, failure=Failure.of(error))


def resting(planned: PlannedFile[File], services: Services) -> AssetOutcome | None:
    """Return the outcome of a file that has failed and is not to be tried again yet, or None."""
    known = planned.known
    if known is None or known.next_attempt_at is None:
        return None
    advice = (
        f"It is tried again after {known.next_attempt_at:%d %b %H:%M} UTC, or at once when its id is given to a run."
    )
    failure = Failure(known.last_error or "it has failed", advice, will_retry=False, sign="", is_old=True)
    return _outcome(planned, Outcome.FAILED, services, failure=failure)


def _outcome(  # noqa: PLR0913  (all but three have defaults)
    planned: PlannedFile[File],
    outcome: Outcome,
    services: Services,
    *,
    failure: Failure | None = None,
    warnings: tuple[str, ...] = (),
    representation: Json | None = None,
) -> AssetOutcome:
    file = planned.file
    return AssetOutcome(
        asset_id=file.file_id,
        path=planned.path,
        outcome=outcome,
        size_bytes=file.size_bytes,
        tracking_id=planned.tracking_id,
        target_name=planned.target_name,
        box_url=services.box.file_url(file.file_id) if outcome in _STAYS_IN_BOX else None,
        failure=failure,
        warnings=warnings,
        representation=representation,
    )
