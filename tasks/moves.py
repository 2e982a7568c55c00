"""Moves a campaign to its next status: intent in the database, the move in the DAM, receipt and messages together."""

from collections.abc import Callable
from typing import Any

from prefect import task
from prefect.cache_policies import NO_CACHE
from prefect.logging import get_run_logger
from sqlalchemy.orm import Session

from blocks.services import Services
from clients.logs import about
from db.leases import Lease, check_fence
from db.models import StatusMove
from db.repositories.events import record_event
from db.repositories.moves import finish_move, mark_overtaken, open_moves, plan_move
from db.repositories.stays import enter
from domain.assets import Campaign
from domain.errors import ContentScalingError, LeaseLost, MoveRefused, NotFound, NotWaiting
from domain.report import CampaignOutcome, Failure
from domain.routes import Route
from tasks.box_folders import campaign_folder
from tasks.dam import assets_of
from tasks.ledger import hold
from tasks.retrying import is_transient, patient
from tasks.telling import skipped, tell_delivered, tell_stuck
from tasks.unlisted import settle_unlisted
from tasks.work import CampaignWork

Announce = Callable[[Session, StatusMove, Route, Services], None]
"""Queues the messages about a move that was made, in the transaction of its receipt."""

FINISHED = "finished what an interrupted run had begun"

_BY_HAND = ("by", "reason", "forced")
"""What a move's detail says of who wanted it, why, and whether against the rule."""


def advance(work: CampaignWork, outcome: CampaignOutcome) -> None:
    """Move the campaign on, every asset having arrived; assets added meanwhile keep it where it is."""
    surveyed = {asset.asset_id for asset in work.survey.assets}
    listed = assets_of(work.route, work.survey.assets_folder_id, work.services)
    added = [asset for asset in listed if asset.asset_id not in surveyed]
    if added:
        outcome.note = f"added during the run: {len(added)}; the next run delivers what was added, and moves it"
        return
    outcome.assets += settle_unlisted(listed, work)
    box_folder_id = campaign_folder(work)
    arrived = sorted(asset.asset_id for asset in outcome.arrived)
    detail = {"asset_ids": arrived, "box_folder_id": box_folder_id, "skipped": skipped(outcome)}
    move_on(work.campaign, work.route, work.services, work.lease, detail=detail, announce=tell_delivered)
    outcome.box_url = work.services.box.folder_url(box_folder_id)
    outcome.moved = True


def move_on(  # noqa: PLR0913  (which campaign, and whom it tells)
    campaign: Campaign, route: Route, services: Services, lease: Lease, *, detail: dict[str, Any], announce: Announce
) -> None:
    """Move a campaign along its route; `detail` is what `announce` needs to know, as JSON."""
    with services.store.transaction() as session:
        check_fence(session, lease)
        move = plan_move(
            session,
            workflow=route.workflow,
            campaign_number=campaign.number,
            campaign_folder_id=campaign.folder_id,
            campaign_name=campaign.name,
            from_status=campaign.status,
            to_status=route.target,
            detail=detail,
        )
        if (move.workflow, move.from_status, move.to_status) != (route.workflow, campaign.status, route.target):
            text = f"{campaign.label}: its move from {move.from_status} to {move.to_status} is not written down yet"
            raise NotWaiting(f"{text}; {move.workflow} does that, and the next run goes on")
        move.detail = detail  # a move left open by a killed run knew the assets of that time
    patient(make_move, services)(move, route, services, lease, announce)


def finish_open_moves(route: Route, services: Services, announce: Announce) -> list[CampaignOutcome]:
    """Finish the moves that an earlier run made in the DAM and did not live to write down."""
    with services.store.transaction() as session:
        moves = open_moves(session, route.workflow)
    finished = []
    for move in moves:
        with about(move.campaign_number):
            finished.append(_finish(move, route, services, announce))
    return [outcome for outcome in finished if outcome is not None]


def _finish(move: StatusMove, route: Route, services: Services, announce: Announce) -> CampaignOutcome | None:
    outcome = CampaignOutcome(move.campaign_number, move.campaign_name, move.from_status, move.to_status)
    campaign = Campaign(move.campaign_folder_id, move.campaign_number, move.campaign_name, "", move.from_status)
    try:
        with hold(campaign, services) as lease:
            if _still_waits(move, services):
                return None  # never made: the campaign is taken as usual
            patient(make_move, services)(move, route, services, lease, announce)
    except LeaseLost:
        return None
    except ContentScalingError as error:
        outcome.failure = Failure.of(error)
        get_run_logger().error("%s: %s %s", move.campaign_number, error, error.advice)
        tell_stuck(outcome, route, services)
        return outcome
    outcome.moved = True
    outcome.note = FINISHED
    return outcome


def _still_waits(move: StatusMove, services: Services) -> bool:
    try:
        return services.dam.campaign(move.campaign_folder_id).status == move.from_status
    except NotFound:  # make_move finds the same, and closes the move
        return False


@task(
    retry_condition_fn=is_transient,
    cache_policy=NO_CACHE,
    task_run_name="move-{move.campaign_number}-to-{move.to_status}",
)
def make_move(move: StatusMove, route: Route, services: Services, lease: Lease, announce: Announce) -> None:
    """Set the status in the DAM (or find it set), then write the receipt with its messages in one transaction."""
    try:
        services.dam.set_status(move.campaign_folder_id, move.to_status, expected=move.from_status)
    except (MoveRefused, NotFound) as error:
        with services.store.transaction() as session:
            check_fence(session, lease)
            mark_overtaken(session, move.id)
            record_move(session, move, "status_move_overtaken", reason=str(error))
        raise
    with services.store.transaction() as session:
        done = write_receipt(session, move, lease)
        if done is not None:
            announce(session, done, route, services)


def write_receipt(session: Session, move: StatusMove, lease: Lease) -> StatusMove | None:
    """Note that the move is made, and where the campaign is now. None when that was noted before."""
    check_fence(session, lease)
    if not finish_move(session, move.id):
        return None
    done = session.get_one(StatusMove, move.id)
    record_move(session, done, "status_changed")
    enter(
        session,
        number=done.campaign_number,
        name=done.campaign_name,
        folder_id=done.campaign_folder_id,
        status=done.to_status,
    )
    return done


def record_move(session: Session, move: StatusMove, event_type: str, **more: str) -> None:
    """Add to the audit trail what became of a move; of one by hand also who wanted it, and why."""
    by_hand = {name: move.detail[name] for name in _BY_HAND if name in move.detail}
    detail = {"from": move.from_status, "to": move.to_status, "workflow": move.workflow, **by_hand, **more}
    record_event(session, tracking_id=None, event_type=event_type, detail=detail, campaign_number=move.campaign_number)
