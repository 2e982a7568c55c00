"""What the database is told of scorecards: that they are to be read, what was read, and why something was not.

What was read and what is told of it are written in one transaction, before the PDF leaves Box.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from prefect.runtime import flow_run
from sqlalchemy.orm import Session

from clients.box.client import BoxFile
from clients.creativex import Extraction
from db.leases import Lease, check_fence
from db.models import CreativexScore
from db.models import Scorecard as Row
from db.repositories import scorecards, scores
from db.repositories.events import record_event
from domain.report import Failure
from domain.scorecards import Scorecard
from domain.scoring import WORKFLOW, ScorecardState, rest_of_scorecard
from tasks.scored_assets import ScoredAsset, find_scored_asset, nearest_files
from tasks.telling_scores import tell_review, tell_unread
from tasks.trouble import Trouble
from tasks.work import ScoreIntake

LEASE = WORKFLOW
"""One run at a time reads scorecards: of two that name the same file the one handed in later has to count."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """A score as it was stored, whose it is, and names that are like that of an orphan."""

    score: CreativexScore
    asset: ScoredAsset
    nearest: Sequence[str] = ()

    @property
    def needs_review(self) -> bool:
        """Whether a person has to look at it before anybody uses it."""
        return self.score.status == scores.NEEDS_REVIEW


class ScoreLedger:
    """The entries about scorecards, written under the lease of the run that reads them."""

    def __init__(self, intake: ScoreIntake, lease: Lease) -> None:
        self._intake = intake
        self._services = intake.services
        self._lease = lease

    def expect(self, pdfs: Iterable[BoxFile]) -> None:
        """Write down PDFs that are about to be read."""
        with self._services.store.transaction() as session:
            check_fence(session, self._lease)
            scorecards.expect_scorecards(session, [_pdf(file) for file in pdfs])

    def read(self, pdf: BoxFile, card: Scorecard, extraction: Extraction) -> Recorded:
        """Store the score, and queue what is to be told of one that does not add up."""
        with self._services.store.transaction() as session:
            check_fence(session, self._lease)
            asset = find_scored_asset(session, card.filename, self._services.codes)
            before = scores.current_score(session, asset.name)
            score = _store(session, pdf, card, extraction, asset, before)
            took_its_place = before is not None and before.id != score.id and score.status == scores.ACTIVE
            recorded = Recorded(score, asset, nearest_files(session, asset.name) if asset.is_orphan else ())
            scorecards.record_read(
                session,
                pdf.sha1,
                state=ScorecardState.NEEDS_REVIEW if recorded.needs_review else ScorecardState.READ,
                score_id=score.id,
                tracking_id=asset.tracking_id,
                tier=card.tier,
                previous_score=before.quality_score if before is not None and took_its_place else None,
            )
            scorecards.settle_reviews(session, score.filename)
            self._note(session, pdf, recorded)
            if recorded.needs_review:
                tell_review(session, pdf, card, self._services)
            else:
                Trouble.of_scorecard(session, pdf.file_id).clear()
        return recorded

    def unread(self, pdf: BoxFile, error: BaseException, failures: int) -> None:
        """Write down why a PDF could not be read and how long it rests, and queue what is to be told of it."""
        failure, rest = Failure.of(error), rest_of_scorecard(error, failures)
        with self._services.store.transaction() as session:
            check_fence(session, self._lease)
            scorecards.record_unread(session, pdf.sha1, failure.reason, rest)
            if tell_unread(session, pdf, failure, self._services, passes=not rest):
                detail = {"pdf": pdf.name, "box_file_id": pdf.file_id, "reason": failure.reason}
                _record(session, "scorecard_unread", detail)

    def _note(self, session: Session, pdf: BoxFile, recorded: Recorded) -> None:
        score, asset = recorded.score, recorded.asset
        detail = {
            "name": score.filename,
            "score": f"{score.quality_score:f}",
            "version": score.version,
            "pdf": pdf.name,
            "box_file_id": pdf.file_id,
            "orphan": asset.is_orphan,
        }
        event_type = "score_needs_review" if recorded.needs_review else "score_read"
        _record(session, event_type, detail, asset.tracking_id, asset.campaign_number)


def known_scorecards(files: Iterable[BoxFile], intake: ScoreIntake) -> Mapping[str, Row]:
    """Return what is known of the contents of these files, by checksum."""
    with intake.services.store.transaction() as session:
        return scorecards.scorecards_of(session, {file.sha1 for file in files})


def _store(  # noqa: PLR0913, PLR0917  (what was read, of what, and what was there before)
    session: Session,
    pdf: BoxFile,
    card: Scorecard,
    extraction: Extraction,
    asset: ScoredAsset,
    before: CreativexScore | None,
) -> CreativexScore:
    facts: dict[str, Any] = {
        "filename": asset.name,
        "score": card.quality_score,
        "url": card.creativex_url,
        "creativex_id": card.creativex_id,
        "box_file_id": pdf.file_id,
        "full_extraction_data": _as_object(extraction.data),
    }
    if card.imbalance is not None:
        return scores.store_score(session, status="needs review", **facts)
    if before is not None and _is_older(session, pdf, before):
        return scores.store_old_score(session, **facts)
    return scores.store_score(session, status="active", **facts)


def _is_older(session: Session, pdf: BoxFile, before: CreativexScore) -> bool:
    """Tell whether a PDF was handed in before the one that the current score is from."""
    its_own = scorecards.handed_in_at(session, before.id)
    return its_own is not None and pdf.modified_at is not None and pdf.modified_at < its_own


def _as_object(data: Any) -> dict[str, Any]:
    storable = _without_nul(data)
    return storable if isinstance(storable, dict) else {"pages": storable}


def _without_nul(value: Any) -> Any:
    """Return JSON without the one character that PostgreSQL takes in no text."""
    if isinstance(value, str):
        return value.replace("\0", "")
    if isinstance(value, dict):
        return {_without_nul(key): _without_nul(each) for key, each in value.items()}
    return [_without_nul(each) for each in value] if isinstance(value, list) else value


def _pdf(file: BoxFile) -> scorecards.Pdf:
    return {
        "sha1": file.sha1,
        "pdf_name": file.name,
        "box_file_id": file.file_id,
        "handed_in_at": file.modified_at,
    }


def _record(
    session: Session,
    event_type: str,
    detail: Mapping[str, Any],
    tracking_id: str | None = None,
    campaign_number: str | None = None,
) -> None:
    record_event(
        session,
        tracking_id=tracking_id,
        event_type=event_type,
        detail={"workflow": WORKFLOW, **detail},
        campaign_number=campaign_number,
        run_id=flow_run.id,
    )
