"""Queues the mail with the report of a day, once for each day and window."""

from blocks.services import Services
from db.repositories.outbox import enqueue
from domain.daily.model import DailyReport
from tasks.daily_facts import facts_of
from tasks.message_facts import about_run


def tell_day(report: DailyReport, services: Services) -> bool:
    """Queue the mail; False where the report of this window was told today."""
    with services.store.transaction() as session:
        return enqueue(
            session,
            key=report.window.key,
            channel="mail",
            template="daily_summary_report",
            audience="report",
            payload=facts_of(report) | about_run(services),
        )
