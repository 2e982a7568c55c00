"""What operators' flows do with campaigns: find those that are meant, and move one by hand."""

from dataclasses import replace

from prefect import task
from prefect.cache_policies import NO_CACHE
from prefect.logging import get_run_logger

from blocks.services import Services
from db.leases import Lease
from db.repositories.moves import open_move
from domain.assets import Campaign
from domain.errors import ContentScalingError, LeaseLost, MoveRefused, NotFound, NotWaiting, ServiceUnavailable
from domain.operations import Choice, Consent, Order, Proposal, matching
from domain.report import CampaignOutcome, Failure
from domain.routes import Route
from domain.status import Status
from tasks.abandoned_moves import abandon, tell_nobody
from tasks.ledger import hold
from tasks.moves import move_on
from tasks.retrying import is_transient

_ASK_AGAIN = "Nothing was moved; ask again when that is over."
_LOOK = "Look at the campaign's status, and ask again; nothing is tried again by itself."


@task(retry_condition_fn=is_transient, cache_policy=NO_CACHE, task_run_name="find-campaigns")
def find_matching(order: Order, services: Services) -> list[Campaign]:
    """Return the campaigns meant by an order as they are now: the search index may be behind."""
    return matching_now(order, services)


def matching_now(order: Order, services: Services) -> list[Campaign]:
    """Do the same outside of a run. Each campaign once, by number."""
    found = {seen.folder_id: seen for status in order.statuses for seen in services.dam.campaigns(status)}
    meant = sorted(matching(order.query, list(found.values())), key=lambda seen: seen.label)
    return [now for seen in meant if (now := _now(seen, services)) is not None]


def move_by_hand(proposal: Proposal, consent: Consent, order: Order, services: Services) -> CampaignOutcome:
    """Make one move that was agreed to, unless the campaign has changed since; its trouble never stops the next."""
    campaign = proposal.campaign
    outcome = CampaignOutcome(campaign.number, campaign.name, campaign.status, proposal.target)
    try:
        with hold(campaign, services) as lease:
            _move(proposal, consent, order, services, lease)
    except Exception as error:  # of whatever kind: the next campaign is not to suffer
        outcome.failure = _failure(error)
        is_defect = not isinstance(error, ContentScalingError)
        get_run_logger().error("%s: %s", campaign.number, outcome.failure, exc_info=is_defect)
        return outcome
    outcome.moved = True
    outcome.note = ("" if proposal.is_listed else "by force, ") + f"by {consent.by}"
    if consent.reason:
        outcome.note += f": {consent.reason}"
    return outcome


def untouched(choice: Choice, order: Order) -> list[CampaignOutcome]:
    """Return what there is to say of the campaigns that are not to be moved, or cannot be."""
    return [
        *(_outcome(campaign, order, note=why) for campaign, why in choice.left),
        *(_outcome(campaign, order, failure=_final(why)) for campaign, why in choice.barred),
    ]


def foreseen(proposal: Proposal, order: Order) -> CampaignOutcome:
    """Return what a run would ask for and do."""
    move = f"would move {proposal.campaign.status} → {proposal.target}"
    note = f"{move}: {proposal.rule}" if proposal.is_listed else f"{move} by force: {proposal.rule}"
    return _outcome(proposal.campaign, order, note=note)


def declined(proposal: Proposal, order: Order, why: str = "not confirmed") -> CampaignOutcome:
    """Return the outcome of a move that nobody agreed to."""
    return _outcome(proposal.campaign, order, note=f"{why}: stays {proposal.campaign.status}")


def changed_since(token: str, order: Order) -> CampaignOutcome:
    """Return the outcome of a move that was agreed to, of a campaign that is not found as it was then."""
    number, _, status = token.partition(" ")
    outcome = CampaignOutcome(number, "", status, order.target)
    outcome.failure = Failure.of(MoveRefused(f"is no longer {status}, as when it was agreed to, so it was not moved"))
    return outcome


def _move(proposal: Proposal, consent: Consent, order: Order, services: Services, lease: Lease) -> None:
    expected = proposal.campaign.status
    campaign = services.dam.campaign(proposal.campaign.folder_id)
    if campaign.status != expected:
        now = campaign.status or "without a status"
        raise MoveRefused(f"is {now} now, no longer {expected} as when it was agreed to, so it was not moved")
    _clear_the_way(campaign, proposal, services, lease)
    route = Route(workflow=order.operation.workflow, origin=Status(campaign.status), target=proposal.target)
    detail = {"by": consent.by, "reason": consent.reason, "forced": not proposal.is_listed}
    move_on(campaign, route, services, lease, detail=detail, announce=tell_nobody)


def _clear_the_way(campaign: Campaign, proposal: Proposal, services: Services, lease: Lease) -> None:
    """Close a move that was planned and never made: it may be why somebody has to move the campaign by hand."""
    with services.store.transaction() as session:
        move = open_move(session, campaign.number)
    if move is not None and move.from_status == campaign.status:
        abandon(move, f"moved by hand to {proposal.target} instead", services, lease)


def _now(seen: Campaign, services: Services) -> Campaign | None:
    try:
        return services.dam.campaign(seen.folder_id)
    except NotFound:  # gone since the search engine looked
        return None


def _outcome(
    campaign: Campaign, order: Order, *, note: str | None = None, failure: Failure | None = None
) -> CampaignOutcome:
    return CampaignOutcome(campaign.label, campaign.name, campaign.status, order.target, note=note, failure=failure)


def _final(why: str) -> Failure:
    return Failure(why, "Nothing was moved.", will_retry=False, sign=why)


def _failure(error: Exception) -> Failure:
    """Describe what went wrong to somebody who waits for it: no later run makes a move by hand."""
    failure = replace(Failure.of(error), will_retry=False)
    if isinstance(error, LeaseLost):
        return replace(failure, reason="another run is working on it", advice=_ASK_AGAIN)
    if isinstance(error, NotWaiting):
        return replace(failure, advice=_ASK_AGAIN)
    if isinstance(error, ServiceUnavailable):
        return replace(failure, advice=_LOOK)
    return failure
