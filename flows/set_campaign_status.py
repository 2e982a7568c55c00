"""One campaign gets another status by hand."""

from typing import Annotated

from prefect import flow
from prefect.client.schemas.objects import State
from pydantic import Field

from blocks.dam import DamAuth
from domain.operations import SET_STATUS, Consent, Order
from domain.report import RunReport
from domain.status import Status
from flows.operating import Token, operate


@flow(name="set-campaign-status", flow_run_name="set-campaign-status")
def set_campaign_status(  # noqa: PLR0913, PLR0917  form fields of the Prefect UI
    campaign: Annotated[str, Field(pattern=r"\S")],
    status: Status,
    force: bool = False,  # noqa: FBT001, FBT002
    reason: str = "",
    confirmed: tuple[Token, ...] = (),
    operator: str = "",
    dry_run: bool = False,  # noqa: FBT001, FBT002
    dam_auth: DamAuth = DamAuth.OAUTH2,
) -> State[RunReport]:
    """Set the status of one campaign by hand; the run pauses until that is confirmed. No mail, no webhook.

    Args:
        campaign: Number of the campaign, such as C000000078, or part of its name. Of several none is taken.
        status: The status that it is to have.
        force: Also make a move that the status machine does not list; it needs a reason.
        reason: Why it is moved. Kept with the move.
        confirmed: Empty: the run asks. Or what is confirmed already, as number and present status: C000000078 A1.
        operator: Who has confirmed it. Asked for where the run asks.
        dry_run: Plan and report only; nothing is asked, and nothing is written anywhere.
        dam_auth: How to sign in to the DAM.
    """
    order = Order(operation=SET_STATUS, query=campaign, origins=SET_STATUS.origins, target=status, force=force)
    return operate(order, Consent(confirmed, operator, reason), dry_run=dry_run, dam_auth=dam_auth)
