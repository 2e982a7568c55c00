"""The newest dump of the database is restored into a scratch database: a backup that cannot be restored is none."""

from prefect import flow
from prefect.client.schemas.objects import State

from blocks.services import BACKUPS, open_services
from domain.report import RunReport
from tasks.backups import check_newest
from tasks.reporting import final_state, publish


@flow(name="check-backup", flow_run_name="check-backup")
def check_backup() -> State[RunReport]:
    """Check that the newest dump is young, whole, and brings back what was dumped."""
    report = RunReport("check-backup")
    with open_services(*BACKUPS) as services:
        report.findings.append(check_newest(services))
        publish(report, services)
    return final_state(report)
