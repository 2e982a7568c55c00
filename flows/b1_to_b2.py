"""B1 → B2: the masters of every global campaign that is ready go out, for local campaigns to adapt."""

from typing import Annotated

from prefect import flow
from prefect.client.schemas.objects import State
from pydantic import Field

from blocks.dam import DamAuth
from blocks.services import DELIVERY, open_services
from domain.report import RunReport
from domain.routes import GLOBAL_MASTERS
from flows.delivery import deliver_campaigns
from tasks.reporting import final_state


@flow(name="b1-to-b2", flow_run_name="b1-to-b2")
def b1_to_b2(
    campaign: Annotated[str | None, Field(pattern=r"^C\d{1,12}$")] = None,
    dam_auth: DamAuth = DamAuth.OAUTH2,
    dry_run: bool = False,  # noqa: FBT001, FBT002  a form field of the Prefect UI
) -> State[RunReport]:
    """Deliver the masters of every global campaign in B1 to Box, then advance it to B2.

    Args:
        campaign: Number of the one campaign to take, such as C000000068; what rests in it after a failure is
            tried at once. Empty: all that wait.
        dam_auth: How to sign in to the DAM.
        dry_run: Plan and report only; nothing is written anywhere.
    """
    with open_services(*DELIVERY, dam_auth=dam_auth) as services:
        report = deliver_campaigns(GLOBAL_MASTERS, services, only=campaign, dry_run=dry_run)
    return final_state(report)
