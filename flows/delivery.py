"""The story of every transition that delivers assets to Box: find, plan, carry, record, tell."""

from datetime import UTC, datetime

from prefect.logging import get_run_logger

from blocks.services import Services
from clients.logs import about
from db.leases import Lease
from domain.assets import Campaign
from domain.delivery import PlannedAsset, plan_delivery
from domain.errors import ContentScalingError, LeaseLost, NotWaiting
from domain.report import CampaignOutcome, Failure, RunReport
from domain.routes import DeliveryRoute
from tasks.box_folders import check_root_folder
from tasks.carry import carry, foresee
from tasks.dam import find_campaigns, survey_campaign
from tasks.ledger import hold, known_deliveries, record_visit
from tasks.messages import deliver_messages
from tasks.moves import advance, finish_open_moves
from tasks.reporting import name_run, publish
from tasks.retrying import patient
from tasks.stale_uploads import abort_stale_uploads
from tasks.telling import tell_delivered, tell_empty, tell_partial, tell_stuck
from tasks.unlisted import foresee_unlisted
from tasks.work import CampaignWork, Survey


def deliver_campaigns(
    route: DeliveryRoute, services: Services, *, only: str | None = None, dry_run: bool = False
) -> RunReport:
    """Take every campaign that waits for `route`; the trouble of one never stops the next."""
    check_root_folder(route, services)
    report = RunReport(route.workflow, dry_run=dry_run)
    if not dry_run:
        report.campaigns += finish_open_moves(route, services, tell_delivered)
    campaigns = patient(find_campaigns, services)(route, services, only)
    name_run(route.workflow, [campaign.label for campaign in campaigns], dry_run=dry_run)
    for campaign in campaigns:
        with about(campaign.number):
            report.campaigns.append(_take(campaign, route, services, is_named=only is not None, dry_run=dry_run))
    if not dry_run:
        abort_stale_uploads(services)
        report.parked = deliver_messages(services)
    publish(report, services)
    return report


def _take(
    campaign: Campaign, route: DeliveryRoute, services: Services, *, is_named: bool, dry_run: bool
) -> CampaignOutcome:
    outcome = CampaignOutcome(campaign.label, campaign.name, route.origin, route.target)
    try:
        if dry_run:
            _foresee(campaign, route, services, outcome, is_named=is_named)
        else:
            with hold(campaign, services) as lease:
                _deliver(campaign, route, services, lease, outcome, is_named=is_named)
    except (LeaseLost, NotWaiting) as error:
        outcome.note = str(error)
    except Exception as error:  # of whatever kind: the next campaign is not to suffer
        outcome.failure = Failure.of(error)
        is_defect = not isinstance(error, ContentScalingError)
        get_run_logger().error("%s: %s", campaign.label, outcome.failure, exc_info=is_defect)
        if not dry_run:
            tell_stuck(outcome, route, services)
    return outcome


def _deliver(  # noqa: PLR0913  (of which campaign, and what comes of it)
    campaign: Campaign,
    route: DeliveryRoute,
    services: Services,
    lease: Lease,
    outcome: CampaignOutcome,
    *,
    is_named: bool,
) -> None:
    record_visit(campaign, route, services)
    work = CampaignWork(route, patient(survey_campaign, services)(route, campaign, services), services, lease)
    plan = _plan(work.survey, route, services, is_named=is_named)
    outcome.assets = carry(plan, work)
    if outcome.failed:
        tell_partial(work, outcome)
    elif outcome.arrived:
        advance(work, outcome)
    else:
        tell_empty(work, outcome)


def _plan(survey: Survey, route: DeliveryRoute, services: Services, *, is_named: bool) -> list[PlannedAsset]:
    """Plan each asset; whoever names the campaign has what rests tried at once."""
    now = None if is_named else datetime.now(UTC)
    return plan_delivery(survey.assets, known_deliveries(route, survey, services), now)


def _foresee(
    campaign: Campaign, route: DeliveryRoute, services: Services, outcome: CampaignOutcome, *, is_named: bool
) -> None:
    survey = patient(survey_campaign, services)(route, campaign, services)
    plan = _plan(survey, route, services, is_named=is_named)
    outcome.assets = [foresee(planned) for planned in plan]
    moves = not outcome.failed and not all(planned.is_replaced for planned in plan)
    if moves:
        outcome.assets += foresee_unlisted(route, survey.campaign.number, survey.assets, services)
    outcome.note = f"would move to {route.target}" if moves else f"would stay in {route.origin}"
