"""What is forgotten of a campaign that has left the status it was in trouble in."""

from typing import Any

import pytest
from sqlalchemy import select

from blocks.services import Services
from blocks.settings import Settings
from db.engine import Store
from db.models import Fact
from db.repositories.stays import enter
from domain.assets import Campaign
from domain.routes import LOCAL_MASTERS, REJECTIONS, Route
from domain.stays import Doubt, judge
from tasks.standing import known_stays, write_down
from tasks.trouble import Trouble

NUMBER, OTHER = "C000000078", "C000000079"
FACTS: dict[str, Any] = {"environment": "staging"}


@pytest.fixture
def services(store: Store) -> Services:
    """A database, and two campaigns that stand in A1; nothing else is asked."""
    services = Services(Settings(_env_file=None))
    services.store = store
    with store.transaction() as session:
        for number in (NUMBER, OTHER):
            enter(session, number=number, name="Campaign", folder_id=number, status="A1")
    return services


def trouble(services: Services, route: Route, number: str, kind: str) -> None:
    """Let a campaign be in trouble on its way along a route."""
    with services.store.transaction() as session:
        Trouble.of_campaign(session, route, number).tell(kind, (), FACTS)


def troubles(services: Services) -> list[str]:
    """What campaigns are in trouble with."""
    with services.store.transaction() as session:
        return sorted(session.scalars(select(Fact.key)))


def see(services: Services, status: str | None) -> None:
    """Find the one campaign in another status, or not at all, and write that down."""
    stay = known_stays(services)[NUMBER]
    now = [] if status is None else [Campaign(NUMBER, NUMBER, "Campaign", "", status)]
    assert write_down(judge(Doubt(NUMBER, "Campaign", (NUMBER,), stay), now), services)


@pytest.mark.parametrize("status", ["A2", "A9", None])
def test_a_campaign_that_somebody_took_out_of_its_status_leaves_its_trouble_behind(
    services: Services, status: str | None
):
    trouble(services, LOCAL_MASTERS, NUMBER, "empty")
    trouble(services, LOCAL_MASTERS, OTHER, "empty")
    see(services, status)
    assert troubles(services) == [f"a1-to-a2/{OTHER}/empty"]


def test_the_trouble_that_a_campaign_met_where_it_stands_now_stays(services: Services):
    trouble(services, LOCAL_MASTERS, NUMBER, "partial")
    trouble(services, REJECTIONS, NUMBER, "stuck")  # met by a run that saw the move first
    see(services, "A5")
    assert troubles(services) == [f"a5-to-a6/{NUMBER}/stuck"]


def test_the_trouble_of_a_campaign_that_stays_where_it_is_stays(services: Services):
    trouble(services, LOCAL_MASTERS, NUMBER, "empty")
    see(services, "A1")
    assert troubles(services) == [f"a1-to-a2/{NUMBER}/empty"]
