"""What nobody needs any more goes: leftovers on disk, the text of old messages, old runs. What tracks assets stays."""

from datetime import UTC, datetime

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.logging import get_run_logger

from blocks.services import open_services
from domain.errors import ContentScalingError
from domain.report import Failure, RunReport, counted
from tasks.clean_up import PARTS, Cleaning, Part, clean_up_part
from tasks.reporting import final_state, publish
from tasks.retrying import patient


@flow(name="clean-up", flow_run_name="clean-up")
def clean_up(
    dry_run: bool = False,  # noqa: FBT001, FBT002  a form field of the Prefect UI
) -> State[RunReport]:
    """Remove what has had its time; how long things are kept is said by settings.

    Args:
        dry_run: Say what would go; nothing is removed.
    """
    report = RunReport("clean-up", dry_run=dry_run)
    with open_services() as services:
        cleaning = Cleaning(services, datetime.now(UTC), dry_run)
        troubles = [trouble for part in PARTS if (trouble := _do(part, cleaning, report)) is not None]
        report.refusal = "; ".join(troubles) or None
        publish(report, services)
    return final_state(report)


def _do(part: Part, cleaning: Cleaning, report: RunReport) -> str | None:
    """Do one part, and say in the report how much went; return what went wrong."""
    try:
        number = patient(clean_up_part, cleaning.services)(part, cleaning)
    except Exception as error:  # of whatever kind: the next part is not to suffer
        failure = Failure.of(error)
        is_defect = not isinstance(error, ContentScalingError)
        get_run_logger().error("%ss: %s", part.noun, failure, exc_info=is_defect)
        return f"could not clean up {part.noun}s: {failure}"
    if number:
        report.findings.append(f"{counted(number, part.noun)} {'to be ' if cleaning.dry_run else ''}{part.verb}")
    return None
