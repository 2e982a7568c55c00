"""Asks whoever looks at a run in Prefect whether it may move campaigns: the run pauses with a form to fill in."""

from typing import Annotated, Any

from prefect.client.orchestration import get_client
from prefect.exceptions import FlowPauseTimeout
from prefect.flow_runs import pause_flow_run
from prefect.input import RunInput
from prefect.runtime import flow_run
from prefect.states import Running
from pydantic import Field, create_model

from domain.operations import Choice, Consent, Order, Proposal
from tasks.report_markdown import cell

_POLL_S = 2
_NOT_BLANK = r"\S"


class Confirmation(RunInput):
    """The answer to the form."""

    campaigns: list[str]
    name: str = Field(title="Your name", pattern=_NOT_BLANK, description="Kept with each move.")
    reason: str = Field("", title="Reason", description="Why they are moved; kept with each move.")
    move_them: bool = Field(False, title="Move these campaigns", description="Left off: nothing is moved.")


def ask(choice: Choice, order: Order, *, reason: str, wait_s: int) -> Consent | None:
    """Pause the current run until the form is filled in; None when nobody did so in `wait_s` seconds.

    A consent without tokens is a no. What the form cannot mean is refused by Prefect, and the run stays paused.
    """
    form = confirmation_form(choice, order, reason=reason)
    try:
        answer = pause_flow_run(wait_for_input=form, timeout=wait_s, poll_interval=_POLL_S)
    except FlowPauseTimeout:
        _go_on()
        return None
    wanted = set(answer.campaigns) if answer.move_them else set()
    tokens = tuple(proposal.token for proposal in choice.proposals if proposal.campaign.number in wanted)
    return Consent(tokens, answer.name.strip(), answer.reason.strip())


def confirmation_form(choice: Choice, order: Order, *, reason: str) -> type[Confirmation]:
    """Return the form about these moves. It asks for a reason where one is needed and none was given."""
    numbers = [proposal.campaign.number for proposal in choice.proposals]
    # Not a Literal: of a single one Prefect's pages would make a text to type.
    one_of_them = Annotated[str, Field(json_schema_extra={"enum": list(numbers)})]
    campaigns = Field(
        default=numbers, title="Campaigns to move", description=f"To {order.target}. Take out those that are to stay."
    )
    fields: dict[str, Any] = {"campaigns": (list[one_of_them], campaigns)}
    base = Confirmation.model_fields["reason"]
    if choice.needs_reason and not reason:
        required = Field(title=base.title, description=base.description, pattern=_NOT_BLANK)
        fields["reason"] = (str, required)
    else:
        fields["reason"] = (str, Field(default=reason, title=base.title, description=base.description))
    form = create_model(Confirmation.__name__, __base__=Confirmation, **fields)
    return form.with_initial_data(description=_question(choice.proposals))


def _question(proposals: list[Proposal]) -> str:
    head = ["Are these campaigns to be moved by hand? Nobody is told of it.", ""]
    rows = [_row(proposal) for proposal in proposals]
    return "\n".join([*head, "| campaign | name | is | becomes | rule |", "|---|---|---|---|---|", *rows])


def _row(proposal: Proposal) -> str:
    campaign = proposal.campaign
    cells = (campaign.number, cell(campaign.name), campaign.status, proposal.target, proposal.rule)
    return f"| {' | '.join(cells)} |"


def _go_on() -> None:
    """Take the run out of its pause, which is over: Prefect would call it failed, whatever state it ends in."""
    with get_client(sync_client=True) as client:
        client.set_flow_run_state(flow_run.id, Running(), force=True)
