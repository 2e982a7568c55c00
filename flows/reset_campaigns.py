"""Campaigns on their way, A2 to A6, start over in A1 by hand."""

from typing import Literal

from prefect import flow
from prefect.client.schemas.objects import State

from blocks.dam import DamAuth
from domain.operations import RESET, Consent, Order
from domain.report import RunReport
from domain.status import Status
from flows.operating import Token, operate

Resettable = Literal["A2", "A3", "A4", "A5", "A6"]


@flow(name="reset-campaigns", flow_run_name="reset-campaigns")
def reset_campaigns(  # noqa: PLR0913, PLR0917  form fields of the Prefect UI
    campaign: str | None = None,
    status: tuple[Resettable, ...] = (),
    reason: str = "",
    confirmed: tuple[Token, ...] = (),
    operator: str = "",
    dry_run: bool = False,  # noqa: FBT001, FBT002
    dam_auth: DamAuth = DamAuth.OAUTH2,
) -> State[RunReport]:
    """Set campaigns back to A1 by hand; the run pauses until that is confirmed. No mail, no webhook.

    Args:
        campaign: Number of the campaign, such as C000000078, or part of names. Empty: all in these statuses.
        status: Only campaigns in these statuses. Empty: A2 to A6.
        reason: Why they are moved, which the status machine does not foresee. Asked for where it is empty.
        confirmed: Empty: the run asks. Or what is confirmed already, as number and present status: C000000078 A3.
        operator: Who has confirmed it. Asked for where the run asks.
        dry_run: Plan and report only; nothing is asked, and nothing is written anywhere.
        dam_auth: How to sign in to the DAM.
    """
    origins = tuple(Status(each) for each in status) or RESET.origins
    order = Order(operation=RESET, query=campaign, origins=origins, target=Status.A1, force=True)
    return operate(order, Consent(confirmed, operator, reason), dry_run=dry_run, dam_auth=dam_auth)
