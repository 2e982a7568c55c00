"""Moves by hand that a killed run left open: nobody may ever start such a run again, so others settle them."""

from collections.abc import Collection

from prefect.logging import get_run_logger
from sqlalchemy.orm import Session

from blocks.services import Services
from db.leases import Lease, check_fence
from db.models import StatusMove
from db.repositories.events import record_event
from db.repositories.moves import mark_overtaken, open_moves
from domain.assets import Campaign
from domain.errors import ContentScalingError, LeaseLost, MoveRefused, NotFound
from domain.report import CampaignOutcome, Failure
from domain.routes import ROUTES, Route
from domain.status import Status
from tasks.ledger import hold
from tasks.moves import make_move
from tasks.retrying import patient
from tasks.trouble import Trouble

ABANDONED = "status_move_abandoned"


def settle_abandoned_moves(workflows: Collection[str], services: Services) -> list[CampaignOutcome]:
    """Write down the open moves of these workflows that were made, and close those that were not."""
    with services.store.transaction() as session:
        moves = [move for workflow in workflows for move in open_moves(session, workflow)]
    return [outcome for move in moves if (outcome := _settle(move, services)) is not None]


def abandon(move: StatusMove, why: str, services: Services, lease: Lease) -> None:
    """Close a planned move that the DAM does not show."""
    detail = {"from": move.from_status, "to": move.to_status, "workflow": move.workflow, "reason": why}
    with services.store.transaction() as session:
        check_fence(session, lease)
        if mark_overtaken(session, move.id):
            record_event(
                session,
                tracking_id=None,
                event_type=ABANDONED,
                detail=detail,
                campaign_number=move.campaign_number,
            )


def tell_nobody(session: Session, move: StatusMove, _route: Route, _services: Services) -> None:
    """Announce a correction by hand to nobody; what troubled the campaign where it was is over."""
    for route in ROUTES:
        Trouble.of_campaign(session, route, move.campaign_number).clear()


def _settle(move: StatusMove, services: Services) -> CampaignOutcome | None:
    """Return what became of the move, or None where another run is at it."""
    outcome = CampaignOutcome(move.campaign_number, move.campaign_name, move.from_status, move.to_status)
    campaign = Campaign(move.campaign_folder_id, move.campaign_number, move.campaign_name, "", move.from_status)
    try:
        with hold(campaign, services) as lease:
            outcome.note = _finish(move, services, lease)
            outcome.moved = outcome.note is None
    except LeaseLost:
        return None
    except (MoveRefused, NotFound) as error:  # closed as overtaken: there is nothing left to do
        outcome.note = str(error)
    except ContentScalingError as error:
        outcome.failure = Failure.of(error)
        get_run_logger().error("%s: %s", move.campaign_number, outcome.failure)
    return outcome


def _finish(move: StatusMove, services: Services, lease: Lease) -> str | None:
    """Write the receipt of a move that was made; return why there is none to write."""
    if _status(move, services) == move.from_status:
        abandon(move, "the run that was to make it was killed", services, lease)
        return "was asked for by a run that was killed before it moved anything; ask again if it is still wanted"
    route = Route(workflow=move.workflow, origin=Status(move.from_status), target=Status(move.to_status))
    patient(make_move, services)(move, route, services, lease, tell_nobody)
    return None


def _status(move: StatusMove, services: Services) -> str | None:
    try:
        return services.dam.campaign(move.campaign_folder_id).status
    except NotFound:  # make_move finds the same, and closes the move
        return None
