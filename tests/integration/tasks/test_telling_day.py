"""The mail with the report of a day: each run that is meant to tell, tells."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from blocks.services import Services
from blocks.settings import Settings
from db.engine import Store
from db.models import OutboxMessage
from domain.daily.model import DailyReport
from domain.daily.window import window_until
from tasks.telling_day import tell_day

MORNING = datetime(2026, 3, 2, 10, tzinfo=UTC)
EVENING = datetime(2026, 3, 2, 19, tzinfo=UTC)


@pytest.fixture
def services(store: Store) -> Services:
    """A database; nothing else is asked."""
    services = Services(Settings(_env_file=None))
    services.store = store
    return services


def tell(services: Services, run_id: str, until: datetime, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Queue the mail of a report that ended then, in that run."""
    monkeypatch.setenv("PREFECT__RUNTIME__FLOW_RUN__ID", run_id)
    return tell_day(DailyReport(window_until(until, "24h")), services)


def told(store: Store) -> int:
    """How many mails there are."""
    with store.transaction() as session:
        return len(session.scalars(select(OutboxMessage.id)).all())


def test_a_run_in_the_morning_does_not_keep_the_evenings_mail_back(services: Services, monkeypatch: pytest.MonkeyPatch):
    assert tell(services, "morning", MORNING, monkeypatch)
    assert tell(services, "evening", EVENING, monkeypatch)
    assert told(services.store) == 2


def test_a_run_that_was_killed_and_goes_again_tells_once(services: Services, monkeypatch: pytest.MonkeyPatch):
    assert tell(services, "killed", MORNING, monkeypatch)
    assert not tell(services, "killed", EVENING, monkeypatch)
    assert told(services.store) == 1
