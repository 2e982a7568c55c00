"""An operator at the terminal: shown what would be moved, asked for each campaign, and then the flow is run."""

import getpass
import socket
from collections.abc import Callable

import typer
from rich.console import Console

from blocks.dam import DamAuth
from blocks.services import open_services
from domain.operations import Choice, Consent, Order, Proposal, choose
from domain.report import RunReport
from tasks.operating import declined, matching_now, untouched

Run = Callable[[Consent], RunReport]
"""Runs the flow with what was agreed to."""


def carry_out(order: Order, reason: str, dam_auth: DamAuth, run: Run, console: Console) -> RunReport:
    """Ask for each campaign that an order means, and move those agreed to. Needs the Prefect API.

    Without any to ask for, or without a yes, no flow is run.
    """
    with open_services("roles", "dam", dam_auth=dam_auth) as services:
        choice = choose(order, matching_now(order, services))
    agreed = [proposal for proposal in choice.proposals if _ask(proposal, console)]
    if not agreed:
        return _nothing_moved(choice, order)
    return run(Consent(tuple(proposal.token for proposal in agreed), operator(), reason))


def operator() -> str:
    """Return who is at this terminal, and where."""
    return f"{getpass.getuser()}@{socket.gethostname()}"


def _ask(proposal: Proposal, console: Console) -> bool:
    campaign = proposal.campaign
    move = f"{campaign.number} {campaign.name}: {campaign.status} → {proposal.target}"
    console.print(f"{move}. Rule: {proposal.rule}", markup=False, highlight=False)
    force = "" if proposal.is_listed else " by force"
    return typer.confirm(f"Move {campaign.number} to {proposal.target}{force}?")


def _nothing_moved(choice: Choice, order: Order) -> RunReport:
    report = RunReport(order.operation.workflow, destination="the DAM", idle="nothing moved", refusal=choice.refusal)
    report.campaigns = [*untouched(choice, order), *(declined(each, order) for each in choice.proposals)]
    return report
