"""A backup is made of the database, or of its whole server, and those that have had their time are deleted."""

from typing import Literal

from prefect import flow
from prefect.client.schemas.objects import State

from blocks.services import BACKUPS, open_services
from domain.backups import Kind
from domain.report import RunReport, counted
from tasks.backups import back_up, delete_old
from tasks.reporting import final_state, publish


@flow(name="backup-database", flow_run_name="backup-database {kind}")
def backup_database(kind: Literal["dump", "base"] = "dump") -> State[RunReport]:
    """Make a backup, then delete old ones.

    Args:
        kind: `dump` is the database alone; `base` is the whole server, all its databases, as it is on the disk.
    """
    report = RunReport("backup-database")
    with open_services(*BACKUPS) as services:
        report.findings.append(f"made {back_up(Kind(kind), services)}")
        if gone := delete_old(services):
            report.findings.append(f"deleted {counted(len(gone), 'old one')}: {', '.join(gone)}")
        publish(report, services)
    return final_state(report)
