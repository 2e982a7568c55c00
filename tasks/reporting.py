"""A run as people see it in Prefect: its name, its tags, its report and its final state."""

from collections.abc import Sequence
from datetime import UTC, datetime

from prefect.artifacts import create_markdown_artifact
from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import State
from prefect.context import FlowRunContext
from prefect.logging import get_run_logger
from prefect.runtime import flow_run
from prefect.states import Completed

from blocks.services import Services
from db.repositories.run_summaries import keep_summary
from domain.daily.run_counts import counts_of
from domain.errors import StoreError
from domain.report import RunReport
from tasks.report_markdown import as_markdown

_NAMES_SHOWN = 3


def name_run(workflow: str, numbers: Sequence[str], *, dry_run: bool, are_tags: bool = True) -> None:
    """Name and tag the current run after its campaigns, given by number, or name it only after something else."""
    run_id = flow_run.id
    if run_id is None:
        return
    shown = ", ".join(numbers[:_NAMES_SHOWN]) or "nothing to do"
    more = f" and {len(numbers) - _NAMES_SHOWN} more" if len(numbers) > _NAMES_SHOWN else ""
    tags = {*flow_run.tags, workflow, *(numbers if are_tags else ()), *(["dry-run"] if dry_run else [])}
    with get_client(sync_client=True) as client:
        client.update_flow_run(run_id, name=f"{workflow} {shown}{more}", tags=sorted(tags))


def publish(report: RunReport, services: Services, *, markdown: str | None = None) -> None:
    """Attach the report to the run, say its headline in the log, and keep what the daily report needs of it.

    `markdown` takes the place of the report as people read it.
    """
    create_markdown_artifact(markdown or as_markdown(report), key=report.workflow, description=report.headline)
    logger = get_run_logger()
    logger.info("%s: %s", report.workflow, report.headline)
    if report.dry_run:
        return
    try:
        _keep(report, services)
    except StoreError as error:  # the work is done and written down; the daily report says that this run is missing
        logger.warning("what this run has come to could not be kept for the daily report: %s", error)


def _keep(report: RunReport, services: Services) -> None:
    context = FlowRunContext.get()
    if context is None or flow_run.id is None:
        return
    with services.store.transaction() as session:
        keep_summary(
            session,
            run_id=flow_run.id,
            workflow=report.workflow,
            started_at=datetime.fromtimestamp(context.start_time.timestamp(), UTC),
            in_trouble=report.in_trouble,
            headline=report.headline,
            counts=counts_of(report),
        )


def final_state(report: RunReport) -> State[RunReport]:
    """Return the state of a run that went through; `Partial` where something is left to do."""
    name = "Partial" if report.in_trouble else "Completed"
    return Completed(name=name, message=report.headline, data=report)
