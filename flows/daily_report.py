"""The report of a day: what was done, what went wrong, what waits for whom, and whether the numbers add up."""

from prefect import flow
from prefect.client.schemas.objects import State

from blocks.services import MESSAGES, open_services
from domain.report import RunReport
from tasks.daily import gather
from tasks.daily_markdown import day_markdown
from tasks.messages import deliver_messages
from tasks.reporting import final_state, name_run, publish
from tasks.run_history import run_url, runs_in
from tasks.telling_day import tell_day

WORKFLOW = "daily-report"


@flow(name=WORKFLOW, flow_run_name=WORKFLOW)
def daily_report(
    since: str = "24h",
    dry_run: bool = False,  # noqa: FBT001, FBT002  a form field of the Prefect UI
) -> State[RunReport]:
    """Say by mail what the last day has come to; the whole of it is an artifact of the run.

    Args:
        since: How long the day is, such as 24h or 7d, or when it begins, such as 2026-03-01T19:00+01:00.
        dry_run: Report only; no mail, and nothing is written anywhere.
    """
    with open_services(*MESSAGES) as services:
        day = gather(services.store, since, runs_in, run_url)
        name_run(WORKFLOW, [f"{day.window.until:%Y-%m-%d}", day.window.asked], dry_run=dry_run, are_tags=False)
        report = RunReport(WORKFLOW, dry_run=dry_run, findings=[day.headline])
        if not dry_run:
            report.findings.append("told by mail" if tell_day(day, services) else "told by mail before")
            report.parked = deliver_messages(services)
        publish(report, services, markdown=day_markdown(day))
    return final_state(report)
