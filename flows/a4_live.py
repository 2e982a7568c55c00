"""A4: where every campaign stands is looked up, and each stay in the live check is announced once."""

from typing import Annotated

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.logging import get_run_logger
from pydantic import Field

from blocks.dam import DamAuth
from blocks.services import LIVE, open_services
from clients.logs import about
from db.models import CampaignStatus
from domain.errors import ContentScalingError
from domain.report import CampaignOutcome, Failure, RunReport
from domain.routes import LIVE_CHECK, OPERATOR_WORKFLOWS
from domain.stays import Doubt, find_doubts
from tasks.abandoned_moves import settle_abandoned_moves
from tasks.live import Watch, announce, forget_recovered, live_hook, unannounced_stays
from tasks.live_report import live_report, news
from tasks.messages import deliver_messages
from tasks.reporting import final_state, name_run, publish
from tasks.retrying import patient
from tasks.standing import find_standing, known_stays, look_at, write_down
from tasks.telling import tell_stuck


@flow(name="a4-live", flow_run_name="a4-live")
def a4_live(
    campaign: Annotated[str | None, Field(pattern=r"^C\d{1,12}$")] = None,
    dam_auth: DamAuth = DamAuth.OAUTH2,
    dry_run: bool = False,  # noqa: FBT001, FBT002  a form field of the Prefect UI
) -> State[RunReport]:
    """Note where every campaign stands, and announce each that has come to A4 by one webhook.

    Args:
        campaign: Number of the one campaign to look at, such as C000000078. Empty: all.
        dam_auth: How to sign in to the DAM.
        dry_run: Look and report only; nothing is written anywhere.
    """
    with open_services(*LIVE, dam_auth=dam_auth) as services:
        live_hook(services)  # a file without it is told before anything is done
        watch = Watch(services, only=campaign, dry_run=dry_run)
        report = _foresee(watch) if dry_run else _watch(watch)
        name_run(LIVE_CHECK.workflow, news(watch), dry_run=dry_run)
        publish(report, services)
    return final_state(report)


def _watch(watch: Watch) -> RunReport:
    services = watch.services
    watch.outcomes += settle_abandoned_moves(OPERATOR_WORKFLOWS, services, only=watch.only)
    for outcome in watch.outcomes:
        tell_stuck(outcome, LIVE_CHECK, services)
    _look(watch)
    for stay in unannounced_stays(watch):
        with about(stay.campaign_number):
            _announce(stay, watch)
    forget_recovered(watch)
    parked = deliver_messages(services)
    return live_report(watch, parked)


def _announce(stay: CampaignStatus, watch: Watch) -> None:
    try:
        if announce(stay, watch.services):
            watch.queued.append(stay.campaign_number)
    except Exception as error:  # of whatever kind: the next campaign is not to suffer
        _give_up(stay.campaign_number, stay.campaign_name, error, watch)


def _foresee(watch: Watch) -> RunReport:
    _look(watch)
    return live_report(watch)


def _look(watch: Watch) -> None:
    services = watch.services
    known = known_stays(services, watch.only)
    watch.shown = patient(find_standing, services)(services, watch.only)
    for doubt in find_doubts(watch.shown, known):
        with about(doubt.number):
            _settle(doubt, watch)


def _settle(doubt: Doubt, watch: Watch) -> None:
    try:
        _take(doubt, watch)
    except Exception as error:  # of whatever kind: the next campaign is not to suffer
        _give_up(doubt.number, doubt.name, error, watch)


def _take(doubt: Doubt, watch: Watch) -> None:
    change = patient(look_at, watch.services)(doubt, watch.services)
    if watch.dry_run or write_down(change, watch.services):
        watch.changes.append(change)
    else:
        get_run_logger().info("%s: we are moving it ourselves; the next run looks again", doubt.number)


def _give_up(number: str, name: str, error: Exception, watch: Watch) -> None:
    outcome = CampaignOutcome(number, name, LIVE_CHECK.origin, LIVE_CHECK.target, failure=Failure.of(error))
    is_defect = not isinstance(error, ContentScalingError)
    get_run_logger().error("%s: %s", number, outcome.failure, exc_info=is_defect)
    if not watch.dry_run:
        tell_stuck(outcome, LIVE_CHECK, watch.services)
    watch.outcomes.append(outcome)
