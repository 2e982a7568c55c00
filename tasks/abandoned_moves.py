"""Moves that nobody may ever finish: those by hand whose run was killed, and those that a move by hand takes over."""

from collections.abc import Collection

from prefect.logging import get_run_logger
from sqlalchemy.orm import Session

from blocks.services import Services
from clients.logs import about
from db.leases import Lease, check_fence
from db.models import StatusMove
from db.repositories.moves import mark_overtaken, open_moves
from domain.assets import Campaign
from domain.errors import ContentScalingError, LeaseLost, NotFound
from domain.report import CampaignOutcome, Failure
from domain.routes import ROUTES, Route
from tasks.ledger import hold
from tasks.moves import FINISHED, record_move, write_receipt
from tasks.trouble import Trouble

_ABANDONED = "status_move_abandoned"


def settle_abandoned_moves(
    workflows: Collection[str], services: Services, *, only: str | None = None
) -> list[CampaignOutcome]:
    """Close the moves that killed runs of these workflows left open; their campaigns are held up until then.

    Nothing is moved: what the DAM has not done is not wanted any more, unless somebody asks for it again.
    """
    with services.store.transaction() as session:
        found = [move for workflow in workflows for move in open_moves(session, workflow)]
    settled = []
    for move in found:
        if only in (None, move.campaign_number):
            with about(move.campaign_number):
                settled.append(_settle(move, services))
    return [outcome for outcome in settled if outcome is not None]


def _settle(move: StatusMove, services: Services) -> CampaignOutcome | None:
    outcome = CampaignOutcome(move.campaign_number, move.campaign_name, move.from_status, move.to_status)
    campaign = Campaign(move.campaign_folder_id, move.campaign_number, move.campaign_name, "", move.from_status)
    try:
        with hold(campaign, services) as lease:
            outcome.note = _close(move, services, lease)
            outcome.moved = outcome.note == FINISHED
    except LeaseLost:
        return None  # the run that makes it is alive
    except ContentScalingError as error:
        outcome.failure = Failure.of(error)
        get_run_logger().error("%s: %s", move.campaign_number, outcome.failure)
    return outcome if outcome.note or outcome.failure else None


def _close(move: StatusMove, services: Services, lease: Lease) -> str | None:
    """Close an abandoned move by what the DAM shows; say what became of it, None where somebody else has closed it."""
    try:
        status = services.dam.campaign(move.campaign_folder_id).status
        why = f"the campaign is {status or 'without a status'} by now"
    except NotFound as error:
        status, why = None, str(error)
    wanted = f"{move.workflow} had begun to move it from {move.from_status} to {move.to_status}"
    with services.store.transaction() as session:
        if status == move.to_status:
            if write_receipt(session, move, lease) is None:
                return None
            clear_troubles(session, move)
            return FINISHED
        check_fence(session, lease)
        if not mark_overtaken(session, move.id):
            return None
        if status == move.from_status:
            record_move(session, move, _ABANDONED, reason="the run was killed before the DAM had done it")
            return f"{wanted}, and was killed before; where that is still wanted, ask for it again"
        record_move(session, move, "status_move_overtaken", reason=why)
        return f"{wanted}, and was killed; {why}"


def abandon(move: StatusMove, why: str, services: Services, lease: Lease) -> None:
    """Close a planned move that the DAM does not show."""
    with services.store.transaction() as session:
        check_fence(session, lease)
        if mark_overtaken(session, move.id):
            record_move(session, move, _ABANDONED, reason=why)


def tell_nobody(session: Session, move: StatusMove, _route: Route, _services: Services) -> None:
    """Announce a move by hand to nobody."""
    clear_troubles(session, move)


def clear_troubles(session: Session, move: StatusMove) -> None:
    """Note that what troubled the campaign where it was is over."""
    for route in ROUTES:
        Trouble.of_campaign(session, route, move.campaign_number).clear()
