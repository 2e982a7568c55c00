"""CreativeX: scores are read from the scorecards in Box, for the files that come home later."""

from typing import Annotated

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.logging import get_run_logger
from pydantic import Field

from blocks.services import SCORES, open_services
from clients.box.client import BoxFile
from db.leases import Lease
from domain.errors import LeaseLost
from domain.report import RunReport, counted
from domain.scoring import WORKFLOW
from tasks.messages import deliver_messages
from tasks.reporting import final_state, name_run, publish
from tasks.retrying import patient
from tasks.score_ledger import LEASE
from tasks.scorecards import check_scorecards_folder, find_scorecards
from tasks.take_scores import Fates, foresee_scores, take_scores
from tasks.telling_scores import forget_gone, tell_scores
from tasks.work import ScoreIntake

FileId = Annotated[str, Field(pattern=r"^\d{1,20}$")]


@flow(name="creativex-scores", flow_run_name="creativex-scores")
def creativex_scores(
    file_ids: tuple[FileId, ...] = (),
    keep_files: bool = False,  # noqa: FBT001, FBT002  form fields of the Prefect UI
    dry_run: bool = False,  # noqa: FBT001, FBT002
) -> State[RunReport]:
    """Read every scorecard PDF in Box; its score goes along when the file of that name comes home.

    Args:
        file_ids: Only these files in Box, at once, also those that have failed or wait for review. Empty: all files.
        keep_files: Leave the PDFs in Box after they have been read.
        dry_run: Plan and report only; nothing is read by LlamaCloud, and nothing is written anywhere.
    """
    with open_services(*SCORES) as services:
        check_scorecards_folder(services)
        intake = ScoreIntake(services, file_ids=file_ids, keep_files=keep_files)
        report = _foresee(intake) if dry_run else _read(intake)
        publish(report, services)
    return final_state(report)


def _read(intake: ScoreIntake) -> RunReport:
    services = intake.services
    report = RunReport(WORKFLOW, destination="the database", files_are="Scorecards")
    with services.leases.holding(LEASE) as lease:
        if lease is None:
            get_run_logger().info("another run is reading the scorecards")
            report.findings.append("left to another run")
        else:
            try:
                report.files = list(_take(intake, lease).values())
            except LeaseLost as error:  # the other run reads what is left, and tells all of it
                report.findings.append(str(error))
    report.parked = deliver_messages(services)
    return report


def _take(intake: ScoreIntake, lease: Lease) -> Fates:
    intake.services.workspace.sweep()
    pdfs = _find(intake, dry_run=False)
    try:
        fates = take_scores(pdfs, intake, lease)
    finally:
        tell_scores(intake, lease)
    if intake.is_whole:
        forget_gone(pdfs, intake, lease)
    return fates


def _foresee(intake: ScoreIntake) -> RunReport:
    report = RunReport(WORKFLOW, dry_run=True, destination="the database", files_are="Scorecards")
    report.files = list(foresee_scores(_find(intake, dry_run=True), intake).values())
    return report


def _find(intake: ScoreIntake, *, dry_run: bool) -> list[BoxFile]:
    pdfs = patient(find_scorecards, intake.services)(intake)
    name_run(WORKFLOW, [counted(len(pdfs), "scorecard")] if pdfs else [], dry_run=dry_run, are_tags=False)
    return pdfs
