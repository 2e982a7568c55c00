"""What the database says of a campaign: who works on it, when it was looked at, which of its assets have arrived."""

from collections.abc import Iterator
from contextlib import contextmanager

from blocks.services import Services
from db.leases import Lease
from db.repositories.visits import record_visit as write_visit
from domain.assets import Campaign
from domain.delivery import KnownDelivery
from domain.errors import LeaseLost
from domain.routes import DeliveryRoute
from tasks.delivery_ledger import ledger_of
from tasks.work import Survey


@contextmanager
def hold(campaign: Campaign, services: Services) -> Iterator[Lease]:
    """Hold the campaign's lease; raises LeaseLost when another run that is alive has it."""
    with services.leases.holding(f"campaign/{campaign.label}") as lease:
        if lease is None:
            raise LeaseLost(f"{campaign.label}: another run is working on it, and finishes it")
        yield lease


def record_visit(campaign: Campaign, route: DeliveryRoute, services: Services) -> None:
    """Note that the campaign was looked at, so that the next run takes the others first."""
    with services.store.transaction() as session:
        write_visit(session, route.workflow, campaign.label, status=campaign.status)


def known_deliveries(route: DeliveryRoute, survey: Survey, services: Services) -> dict[str, KnownDelivery]:
    """Return what the database says of the surveyed assets, by asset id."""
    with services.store.transaction() as session:
        return ledger_of(route).known(session, survey)
