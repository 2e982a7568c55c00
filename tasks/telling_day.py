"""Queues the mail with the report of a day, once for each run."""

from prefect.runtime import flow_run

from blocks.services import Services
from db.repositories.outbox import enqueue
from domain.daily.model import DailyReport
from tasks.daily_facts import facts_of
from tasks.message_facts import about_run


def tell_day(report: DailyReport, services: Services) -> bool:
    """Queue the mail; False where this run has told before, and was killed since."""
    with services.store.transaction() as session:
        return enqueue(
            session,
            # Not by the day: a run by hand is meant, and is not to take the place of the evening's.
            key=f"daily-report/{flow_run.id}",
            channel="mail",
            template="daily_summary_report",
            audience="report",
            payload=facts_of(report) | about_run(services),
        )
