"""Scorecard PDFs: found in Box, read by machine, and taken out of Box."""

from prefect import task
from prefect.cache_policies import NO_CACHE

from blocks.services import Services
from blocks.settings import missing
from clients.box.client import BoxFile
from clients.creativex import Extraction
from domain.errors import ConfigError, ScorecardRefused
from domain.scoring import WORKFLOW, scorecards_among
from tasks.box_files import file_below
from tasks.retrying import is_transient
from tasks.work import ScoreIntake

_MARK, _MARK_WITHIN = b"%PDF-", 1024  # readers take a mark that far into the file


def check_scorecards_folder(services: Services) -> None:
    """Raise ConfigError when the settings do not say where scorecards are handed in."""
    if faults := missing(services.settings, WORKFLOW):
        raise ConfigError(faults)


@task(retry_condition_fn=is_transient, cache_policy=NO_CACHE, task_run_name="find-scorecards")
def find_scorecards(intake: ScoreIntake) -> list[BoxFile]:
    """Return the PDFs handed in, the oldest first: all below the folder, or those asked for that lie there."""
    root = intake.services.settings.box_folder_creativex or ""
    if intake.is_whole:
        return scorecards_among(intake.services.box.files_below(root))
    asked_for = (file_below(file_id, root, intake.services, of_what="scorecards") for file_id in intake.file_ids)
    return scorecards_among(file for file in asked_for if file is not None)


@task(retry_condition_fn=is_transient, cache_policy=NO_CACHE, task_run_name="look-for-agent")
def look_for_agent(services: Services) -> None:
    """Raise ServiceError when the agent that reads scorecards is not there, before any of them is handed to it."""
    services.extractor.probe()


@task(retry_condition_fn=is_transient, cache_policy=NO_CACHE, task_run_name="read-{pdf.name}")
def read_pdf(pdf: BoxFile, intake: ScoreIntake) -> Extraction:
    """Return what is written in a PDF."""
    with intake.services.workspace.folder(pdf.size_bytes) as folder:
        path = folder / "scorecard.pdf"
        intake.services.box.download(pdf, path)
        content = path.read_bytes()
    if _MARK not in content[:_MARK_WITHIN]:
        raise ScorecardRefused(["the file is no PDF"] if content else ["the file is empty"])
    return intake.services.extractor.extract(content, name=pdf.name)


@task(retry_condition_fn=is_transient, cache_policy=NO_CACHE, task_run_name="put-away-{pdf.name}")
def put_away(pdf: BoxFile, intake: ScoreIntake) -> bool:
    """Delete a PDF that was read; False when it has changed in Box meanwhile."""
    return intake.services.box.delete_file(pdf.file_id, etag=pdf.etag)
