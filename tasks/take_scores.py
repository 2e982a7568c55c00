"""Takes in scorecards: several are read at a time, and their scores stored one after the other, the oldest first."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from prefect.logging import get_run_logger
from prefect.task_runners import ThreadPoolTaskRunner

from clients.box.client import BoxFile
from clients.creativex import Extraction
from clients.logs import about
from db.leases import Lease
from db.models import Scorecard as Row
from domain.errors import ContentScalingError, NotFound
from domain.report import AssetOutcome, Outcome
from domain.scorecards import read_scorecard
from domain.scoring import Step, next_step
from tasks.retrying import patient
from tasks.score_ledger import ScoreLedger, known_scorecards
from tasks.score_outcomes import already_read, failed, foreseen, outcome_of, scored, waiting
from tasks.scorecards import look_for_agent, put_away, read_pdf
from tasks.work import ScoreIntake

Fates = dict[str, AssetOutcome]
"""What became of each PDF, by its id in Box."""


def foresee_scores(pdfs: Sequence[BoxFile], intake: ScoreIntake) -> Fates:
    """Say what would be done with each PDF, without doing anything."""
    known = known_scorecards(pdfs, intake)
    return {pdf.file_id: foreseen(pdf, _step(pdf, known, intake), known.get(pdf.sha1), intake) for pdf in pdfs}


def take_scores(pdfs: Sequence[BoxFile], intake: ScoreIntake, lease: Lease) -> Fates:
    """Read every PDF that is to be read, and take out of Box what was read; return what became of each."""
    taking = Taking(intake, ScoreLedger(intake, lease))
    # Of two files with one content the second finds the first one's score.
    firsts: dict[str, BoxFile] = {}
    for pdf in pdfs:
        firsts.setdefault(pdf.sha1, pdf)
    taking.take(list(firsts.values()))
    taking.take([pdf for pdf in pdfs if pdf is not firsts[pdf.sha1]])
    return {pdf.file_id: taking.fates[pdf.file_id] for pdf in pdfs}


class Taking:
    """One run's way through the scorecards."""

    def __init__(self, intake: ScoreIntake, ledger: ScoreLedger) -> None:
        self._intake = intake
        self._ledger = ledger
        self.fates: Fates = {}

    def take(self, pdfs: Sequence[BoxFile]) -> None:
        """Take PDFs of which no two have the same content."""
        known = known_scorecards(pdfs, self._intake)
        steps = {pdf.file_id: _step(pdf, known, self._intake) for pdf in pdfs}
        for pdf in pdfs:
            row = known.get(pdf.sha1)
            if row is not None and steps[pdf.file_id] is Step.PUT_AWAY:
                self.fates[pdf.file_id] = already_read(pdf, self._put_away(pdf), self._intake)
            elif row is not None and steps[pdf.file_id] is Step.WAIT:
                self.fates[pdf.file_id] = waiting(pdf, row, self._intake)
        self._read([pdf for pdf in pdfs if steps[pdf.file_id] is Step.READ], known)

    def _read(self, pdfs: Sequence[BoxFile], known: Mapping[str, Row]) -> None:
        if not pdfs:
            return
        patient(look_for_agent, self._intake.services)(self._intake.services)
        self._ledger.expect(pdfs)
        read = patient(read_pdf, self._intake.services)
        with ThreadPoolTaskRunner[Extraction](self._intake.services.settings.scorecards_in_parallel) as runner:
            futures = [runner.submit(read, parameters={"pdf": pdf, "intake": self._intake}) for pdf in pdfs]
            for pdf, future in zip(pdfs, futures, strict=True):
                row = known.get(pdf.sha1)
                result = future.result(raise_on_failure=False)
                self.fates[pdf.file_id] = self._store(pdf, result, 1 + (row.retry_count if row is not None else 0))

    def _store(self, pdf: BoxFile, result: Extraction | BaseException, failures: int) -> AssetOutcome:
        """Store the score that was read; `failures` is how often reading it has failed, should it have failed again."""
        try:
            extraction = _extracted(result)
            recorded = self._ledger.read(pdf, read_scorecard(extraction.data), extraction)
        except NotFound as error:
            if error.service == "Box":
                return outcome_of(pdf, Outcome.GONE, self._intake)
            return self._unread(pdf, error, failures)
        except Exception as error:  # of whatever kind: the next scorecard is not to suffer
            return self._unread(pdf, error, failures)
        with about(recorded.asset.campaign_number, recorded.asset.tracking_id):
            get_run_logger().info("%s: %s", pdf.name, scored(recorded))
        warnings = () if recorded.needs_review else self._put_away(pdf)
        outcome = Outcome.REVIEW if recorded.needs_review else Outcome.READ
        return outcome_of(pdf, outcome, self._intake, recorded, warnings)

    def _unread(self, pdf: BoxFile, error: BaseException, failures: int) -> AssetOutcome:
        outcome = failed(pdf, error, self._intake)
        is_defect = not isinstance(error, ContentScalingError)
        get_run_logger().warning("%s: %s", pdf.name, outcome.failure, exc_info=error if is_defect else None)
        self._ledger.unread(pdf, error, failures)
        return outcome

    def _put_away(self, pdf: BoxFile) -> tuple[str, ...]:
        """Take a PDF out of Box whose score is stored, unless it is to stay; return what people should know."""
        if self._intake.keep_files:
            return ()
        try:
            gone = patient(put_away, self._intake.services)(pdf, self._intake)
        except ContentScalingError as error:
            return (f"its score is stored, and it could not be taken out of Box ({error}); the next run tries again",)
        return () if gone else ("it was changed in Box meanwhile; the next run takes that up",)


def _extracted(result: Extraction | BaseException) -> Extraction:
    if isinstance(result, BaseException):
        raise result
    return result


def _step(pdf: BoxFile, known: Mapping[str, Row], intake: ScoreIntake) -> Step:
    return next_step(known.get(pdf.sha1), datetime.now(UTC), asked_for=not intake.is_whole)
