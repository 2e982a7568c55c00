"""A run as people see it in Prefect: its name, its tags, its report and its final state."""

from collections.abc import Sequence

from prefect.artifacts import create_markdown_artifact
from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import State
from prefect.logging import get_run_logger
from prefect.runtime import flow_run
from prefect.states import Completed

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


def publish(report: RunReport) -> None:
    """Attach the report to the run, and say its headline in the log."""
    create_markdown_artifact(as_markdown(report), key=report.workflow, description=report.headline)
    get_run_logger().info("%s: %s", report.workflow, report.headline)


def final_state(report: RunReport) -> State[RunReport]:
    """Return the state of a run that went through; `Partial` where something is left to do."""
    name = "Partial" if report.in_trouble else "Completed"
    return Completed(name=name, message=report.headline, data=report)
