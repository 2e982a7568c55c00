"""A1 → A2: the masters of every campaign that is ready go out to the agencies."""

from typing import Annotated

from prefect import flow
from prefect.client.schemas.objects import State
from pydantic import Field

from blocks.dam import DamAuth
from blocks.services import DELIVERY, open_services
from domain.report import RunReport
from domain.routes import LOCAL_MASTERS
from flows.delivery import deliver_campaigns
from tasks.reporting import final_state


@flow(name="a1-to-a2", flow_run_name="a1-to-a2")
def a1_to_a2(
    campaign: Annotated[str | None, Field(pattern=r"^C\d{1,12}$")] = None,
    dam_auth: DamAuth = DamAuth.OAUTH2,
    dry_run: bool = False,  # noqa: FBT001, FBT002  a form field of the Prefect UI
) -> State[RunReport]:
    """Deliver the masters of every A1 campaign to Box, then advance it to A2.

    Args:
        campaign: Number of the one campaign to take, such as C000000078; what rests in it after a failure is
            tried at once. Empty: all that wait.
        dam_auth: How to sign in to the DAM.
        dry_run: Plan and report only; nothing is written anywhere.
    """
    with open_services(*DELIVERY, dam_auth=dam_auth) as services:
        report = deliver_campaigns(LOCAL_MASTERS, services, only=campaign, dry_run=dry_run)
    return final_state(report)
