"""Campaigns in A1 are delivered by hand: they go straight to A3."""

from prefect import flow
from prefect.client.schemas.objects import State

from blocks.dam import DamAuth
from domain.operations import ADVANCE, Consent, Order
from domain.report import RunReport
from domain.status import Status
from flows.operating import Token, operate


@flow(name="advance-campaigns", flow_run_name="advance-campaigns")
def advance_campaigns(  # noqa: PLR0913, PLR0917  form fields of the Prefect UI
    campaign: str | None = None,
    reason: str = "",
    confirmed: tuple[Token, ...] = (),
    operator: str = "",
    dry_run: bool = False,  # noqa: FBT001, FBT002
    dam_auth: DamAuth = DamAuth.OAUTH2,
) -> State[RunReport]:
    """Move campaigns from A1 to A3 by hand; the run pauses until that is confirmed. No mail, no webhook.

    Args:
        campaign: Number of the campaign, such as C000000078, or part of names. Empty: all in A1.
        reason: Why they are moved, which the status machine does not foresee. Asked for where it is empty.
        confirmed: Empty: the run asks. Or what is confirmed already, as number and present status: C000000078 A1.
        operator: Who has confirmed it. Asked for where the run asks.
        dry_run: Plan and report only; nothing is asked, and nothing is written anywhere.
        dam_auth: How to sign in to the DAM.
    """
    order = Order(operation=ADVANCE, query=campaign, origins=ADVANCE.origins, target=Status.A3, force=True)
    return operate(order, Consent(confirmed, operator, reason), dry_run=dry_run, dam_auth=dam_auth)
