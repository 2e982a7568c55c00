"""What became of one scorecard, for the report."""

from clients.box.client import BoxFile
from db.models import Scorecard as Row
from domain.report import AssetOutcome, Failure, Outcome
from domain.scoring import ScorecardState, Step
from tasks.score_ledger import Recorded
from tasks.work import ScoreIntake

_STAYS_IN_BOX = (Outcome.FAILED, Outcome.PLANNED, Outcome.REVIEW)


def scored(recorded: Recorded) -> str:
    """Return a score with its place among the versions, for a log and for the report."""
    score = recorded.score
    text = f"{score.filename}: {score.quality_score:f}, version {score.version}"
    return text if score.status == "active" else f"{text} ({score.status})"


def outcome_of(
    pdf: BoxFile,
    outcome: Outcome,
    intake: ScoreIntake,
    recorded: Recorded | None = None,
    warnings: tuple[str, ...] = (),
) -> AssetOutcome:
    """Return the outcome of a PDF that was read, or that is gone."""
    if recorded is None:
        return _outcome(pdf, outcome, intake, warnings=warnings)
    return _outcome(
        pdf,
        outcome,
        intake,
        target_name=scored(recorded),
        tracking_id=recorded.asset.tracking_id,
        failure=_TO_BE_REVIEWED if recorded.needs_review else None,
        warnings=(*_about_orphan(recorded), *warnings),
    )


def already_read(pdf: BoxFile, warnings: tuple[str, ...], intake: ScoreIntake) -> AssetOutcome:
    """Return the outcome of a PDF whose content was read before."""
    return _outcome(pdf, Outcome.ALREADY, intake, warnings=warnings)


def failed(pdf: BoxFile, error: BaseException, intake: ScoreIntake) -> AssetOutcome:
    """Return the outcome of a PDF that could not be read."""
    return _outcome(pdf, Outcome.FAILED, intake, failure=Failure.of(error))


def waiting(pdf: BoxFile, row: Row, intake: ScoreIntake) -> AssetOutcome:
    """Return the outcome of a PDF with which nothing is done for now."""
    if row.state == ScorecardState.NEEDS_REVIEW:
        return _outcome(pdf, Outcome.REVIEW, intake, failure=_TO_BE_REVIEWED)
    when = f"after {row.next_attempt_at:%d %b %H:%M} UTC" if row.next_attempt_at is not None else "by the next run"
    advice = f"It is read again {when}, or at once when its id is given to a run."
    failure = Failure(row.last_error or "it could not be read", advice, will_retry=False, sign="", is_old=True)
    return _outcome(pdf, Outcome.FAILED, intake, failure=failure)


def foreseen(pdf: BoxFile, step: Step, row: Row | None, intake: ScoreIntake) -> AssetOutcome:
    """Return what would become of a PDF."""
    if row is not None and step is Step.WAIT:
        return waiting(pdf, row, intake)
    if step is Step.PUT_AWAY:
        return already_read(pdf, (), intake)
    return _outcome(pdf, Outcome.PLANNED, intake)


_TO_BE_REVIEWED = Failure(
    "its guidelines do not add up to its score",
    "Compare it with the scorecard in CreativeX, and hand in one that adds up, which settles this one.",
    will_retry=False,
    sign="",
    is_old=True,
)


def _about_orphan(recorded: Recorded) -> tuple[str, ...]:
    if not recorded.asset.is_orphan:
        return ()
    nearest = f"; nearest: {', '.join(recorded.nearest)}" if recorded.nearest else ""
    return (f"no file of the name {recorded.asset.name} is known{nearest}",)


def _outcome(  # noqa: PLR0913  (all but three have defaults)
    pdf: BoxFile,
    outcome: Outcome,
    intake: ScoreIntake,
    *,
    target_name: str | None = None,
    tracking_id: str | None = None,
    failure: Failure | None = None,
    warnings: tuple[str, ...] = (),
) -> AssetOutcome:
    return AssetOutcome(
        asset_id=pdf.file_id,
        path="/".join((*pdf.folder_path, pdf.name)),
        outcome=outcome,
        size_bytes=pdf.size_bytes,
        tracking_id=tracking_id,
        target_name=target_name,
        box_url=intake.services.box.file_url(pdf.file_id) if outcome in _STAYS_IN_BOX else None,
        failure=failure,
        warnings=warnings,
    )
