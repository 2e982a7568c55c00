"""The story of every move by hand: find, show, have it confirmed, move, record. Nobody is told by mail or webhook."""

from typing import Annotated

from prefect.client.schemas.objects import State
from pydantic import Field

from blocks.dam import DamAuth
from blocks.services import OPERATION, open_services
from clients.logs import about
from domain.errors import ConfigError
from domain.operations import Choice, Consent, Order, choose
from domain.report import CampaignOutcome, RunReport
from domain.routes import OPERATOR_WORKFLOWS
from tasks.abandoned_moves import settle_abandoned_moves
from tasks.confirming import ask
from tasks.operating import changed_since, declined, find_matching, foreseen, move_by_hand, untouched
from tasks.reporting import final_state, name_run, publish
from tasks.retrying import patient

Token = Annotated[str, Field(pattern=r"^C\d{1,12} (A[1-6]|B[12])$")]


def operate(order: Order, given: Consent, *, dry_run: bool, dam_auth: DamAuth) -> State[RunReport]:
    """Move the campaigns that an order means; `given` is what was agreed to before the run, else the run asks."""
    if given.tokens and not given.by.strip():
        raise ConfigError(["operator: not given; it is who has confirmed the moves"])
    report = RunReport(order.operation.workflow, dry_run=dry_run, destination="the DAM", idle="nothing moved")
    with open_services(*OPERATION, dam_auth=dam_auth) as services:
        if not dry_run:
            report.campaigns += settle_abandoned_moves(OPERATOR_WORKFLOWS, services)
        choice = choose(order, patient(find_matching, services)(order, services))
        wait_s = services.settings.confirmation_wait_s
    name_run(order.operation.workflow, [each.campaign.number for each in choice.proposals], dry_run=dry_run)
    report.refusal = choice.refusal
    report.campaigns += untouched(choice, order)
    if dry_run:
        report.campaigns += [foreseen(proposal, order) for proposal in choice.proposals]
    else:
        # Nothing is held while the run waits for an answer, which may take as long as an hour.
        consent = (
            given if given.tokens or not choice.proposals else ask(choice, order, reason=given.reason, wait_s=wait_s)
        )
        report.campaigns += _carry_out(choice, consent, order, dam_auth, is_given=bool(given.tokens))
    with open_services("store") as services:
        publish(report, services)
    return final_state(report)


def _carry_out(
    choice: Choice, consent: Consent | None, order: Order, dam_auth: DamAuth, *, is_given: bool
) -> list[CampaignOutcome]:
    if consent is None:
        return [declined(proposal, order, "nobody confirmed it in time") for proposal in choice.proposals]
    agreed, changed = consent.split(choice.proposals)
    if any(not proposal.is_listed for proposal in agreed) and not consent.reason.strip():
        raise ConfigError(["reason: not given; a move that the status machine does not list needs one"])
    others = [] if is_given else [proposal for proposal in choice.proposals if proposal not in agreed]
    outcomes = [*(declined(each, order) for each in others), *(changed_since(token, order) for token in changed)]
    if agreed:
        with open_services(*OPERATION, dam_auth=dam_auth) as services:
            for proposal in agreed:
                with about(proposal.campaign.number):
                    outcomes.append(move_by_hand(proposal, consent, order, services))
    return outcomes
