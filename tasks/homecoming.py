"""Whether the derivatives of a campaign are all home, and the move that follows from it."""

from collections.abc import Iterable
from dataclasses import dataclass

from prefect.logging import get_run_logger

from blocks.services import Services
from clients.box.client import BoxFile
from clients.logs import about
from db.leases import Lease
from db.repositories.progress import Progress, progress_of, unsettled_campaigns
from db.repositories.rejections import Reworks, reworks_of
from db.repositories.visits import record_visit
from domain.assets import Campaign
from domain.derivatives import PlannedFile
from domain.errors import ContentScalingError, LeaseLost, MetadataRefused, MoveRefused, NotWaiting
from domain.report import CampaignOutcome, Failure
from domain.routes import DERIVATIVES, REJECTIONS
from domain.status import Status
from tasks.intake_report import campaign_numbers
from tasks.ledger import hold
from tasks.moves import move_on
from tasks.telling import tell_stuck
from tasks.telling_home import tell_home
from tasks.trouble import Trouble
from tasks.work import Intake

_FORCED_FROM = (Status.A2, Status.A6)
"""Where a campaign may be that is moved although something is missing; the status machine lists both moves."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a campaign is: with what is made of its masters, and with what went back to the agency."""

    progress: Progress
    reworks: Reworks


def settle_campaigns(plan: Iterable[PlannedFile[BoxFile]], intake: Intake, *, force: bool) -> list[CampaignOutcome]:
    """Move on every campaign whose derivatives are all home; say of the others what they wait for.

    Those in the plan are among them, and the one that the run is about.
    """
    services, wanted = intake.services, intake.campaign
    with services.store.transaction() as session:
        unsettled = unsettled_campaigns(session, DERIVATIVES.workflow)
    numbers = {*unsettled, *campaign_numbers(plan)} if wanted is None else {wanted}
    outcomes = []
    for number in sorted(numbers):
        with about(number):
            outcomes.append(_settle(number, services, is_open=number in unsettled, force=force))
    return outcomes


def foresee_campaigns(plan: list[PlannedFile[BoxFile]], intake: Intake) -> list[CampaignOutcome]:
    """Say of each campaign in the plan what would be left to wait for, without doing anything."""
    return [_foreseen(number, plan, intake.services) for number in campaign_numbers(plan)]


def _settle(number: str, services: Services, *, is_open: bool, force: bool) -> CampaignOutcome:
    standing = _standing(number, services)
    outcome = _outcome(standing)
    try:
        if force or (is_open and standing.progress.is_complete):
            campaign = _known_campaign(standing.progress)
            with hold(campaign, services) as lease:
                _advance(campaign, standing, services, lease, outcome, force=force)
        _forget_trouble(number, services)
    except (LeaseLost, NotWaiting) as error:
        outcome.note = str(error)
    except Exception as error:  # of whatever kind: the next campaign is not to suffer
        outcome.failure = Failure.of(error)
        is_defect = not isinstance(error, ContentScalingError)
        get_run_logger().error("%s: %s", number, outcome.failure, exc_info=is_defect)
        if not force:  # else whoever forces it reads the failure in the run; no poll would meet it again, or its end
            tell_stuck(outcome, DERIVATIVES, services)
    return outcome


def _forget_trouble(number: str, services: Services) -> None:
    """Note that nothing keeps the campaign from moving on, but what is still to come."""
    with services.store.transaction() as session:
        Trouble.of_campaign(session, DERIVATIVES, number).clear()


def _advance(  # noqa: PLR0913  (which campaign, and how far it is)
    known: Campaign, standing: Standing, services: Services, lease: Lease, outcome: CampaignOutcome, *, force: bool
) -> None:
    campaign = services.dam.campaign(known.folder_id)
    outcome.origin = campaign.status
    is_in_rework = campaign.status == REJECTIONS.target
    moves_on = is_in_rework and standing.reworks.are_back and services.settings.rework_to_a3
    is_due = campaign.status == DERIVATIVES.origin or moves_on
    if is_due or (force and campaign.status in _FORCED_FROM):
        detail = {"forced": not standing.progress.is_complete}
        move_on(campaign, DERIVATIVES, services, lease, detail=detail, announce=tell_home)
        outcome.moved = True
    elif force:
        allowed = ", ".join(_FORCED_FROM)
        raise MoveRefused(f"{campaign.number} is {campaign.status}; it can be moved to A3 from {allowed} only")
    elif campaign.status == Status.A1:
        outcome.note = "complete, but its masters are still going out: it is A1"
    else:
        outcome.note = f"complete; it is {campaign.status}, so there is nothing to move"
        if is_in_rework and standing.reworks.names:
            outcome.note = _said_of(standing.reworks)
        with services.store.transaction() as session:
            record_visit(session, DERIVATIVES.workflow, campaign.number, status=campaign.status)


def _said_of(reworks: Reworks) -> str:
    if reworks.are_back:
        return f"every reworked file is back; it is {REJECTIONS.target}, and a librarian moves it on"
    back = len(reworks.names) - len(reworks.waiting)
    return f"{back} of {len(reworks.names)} reworked files are back; waiting for {_few(reworks.waiting)}"


def _foreseen(number: str, plan: list[PlannedFile[BoxFile]], services: Services) -> CampaignOutcome:
    standing = _standing(number, services)
    progress = standing.progress
    takeable = [planned for planned in plan if planned.refusal is None and planned.master is not None]
    planned_masters = {planned.master.master_id for planned in takeable if planned.master is not None}
    names = {planned.target_name for planned in takeable}
    back = {row.master_asset_id for row in progress.derivatives} | planned_masters
    waiting = [master.original_filename for master in progress.masters if master.id not in back]
    stuck = [name for name in progress.open if name not in names]
    outcome = _outcome(standing)
    if waiting or stuck:
        outcome.note = "would still wait for " + ", ".join([*waiting, *stuck])
    else:
        outcome.note = f"would be complete, and move to {DERIVATIVES.target} if it is {DERIVATIVES.origin}"
    return outcome


def _standing(number: str, services: Services) -> Standing:
    with services.store.transaction() as session:
        return Standing(progress_of(session, number), reworks_of(session, number))


def _known_campaign(progress: Progress) -> Campaign:
    """Return the campaign as the database knows it. Raises MetadataRefused when it does not."""
    number = progress.campaign_number
    master = next((master for master in reversed(progress.masters) if master.campaign_folder_id), None)
    if master is None or master.campaign_folder_id is None:
        raise MetadataRefused(f"{number}: no master of it is known; is the number right, and was it delivered?")
    return Campaign(master.campaign_folder_id, number, master.campaign_name or "", "", DERIVATIVES.origin)


def _outcome(standing: Standing) -> CampaignOutcome:
    progress, reworks = standing.progress, standing.reworks
    name = next((master.campaign_name for master in progress.masters if master.campaign_name), "")
    outcome = CampaignOutcome(progress.campaign_number, name or "", DERIVATIVES.origin, DERIVATIVES.target)
    outcome.note = f"{progress.masters_done} of {len(progress.masters)} masters have come back"
    if progress.waiting:
        outcome.note += "; waiting for " + _few(progress.waiting)
    if progress.open:
        outcome.note += "; not arrived: " + _few(progress.open)
    if reworks.waiting:
        outcome.note += f"; {_said_of(reworks)}"
    return outcome


def _few(names: tuple[str, ...], most: int = 5) -> str:
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more
