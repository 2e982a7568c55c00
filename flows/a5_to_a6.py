"""A5 → A6: what reviewers have rejected goes back to the agencies, with every reviewer's comments."""

from typing import Annotated

from prefect import flow
from prefect.client.schemas.objects import State
from pydantic import Field

from blocks.dam import DamAuth
from blocks.services import DELIVERY, open_services
from domain.report import RunReport
from domain.routes import REJECTIONS
from flows.delivery import deliver_campaigns
from tasks.reporting import final_state


@flow(name="a5-to-a6", flow_run_name="a5-to-a6")
def a5_to_a6(
    campaign: Annotated[str | None, Field(pattern=r"^C\d{1,12}$")] = None,
    dam_auth: DamAuth = DamAuth.OAUTH2,
    dry_run: bool = False,  # noqa: FBT001, FBT002  a form field of the Prefect UI
) -> State[RunReport]:
    """Send the rejected assets of every A5 campaign back through Box, then advance it to A6.

    Args:
        campaign: Number of the one campaign to take, such as C000000078; what rests in it after a failure is
            tried at once. Empty: all that wait.
        dam_auth: How to sign in to the DAM.
        dry_run: Plan and report only; nothing is written anywhere.
    """
    with open_services(*DELIVERY, dam_auth=dam_auth) as services:
        report = deliver_campaigns(REJECTIONS, services, only=campaign, dry_run=dry_run)
    return final_state(report)
