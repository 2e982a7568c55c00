"""Why a campaign that was asked for by its number was not taken."""

from blocks.dam import DamAuth
from blocks.services import open_services
from clients.otmm.client import OtmmClient
from domain.report import RunReport
from domain.roles import DamRoles
from domain.routes import DeliveryRoute
from domain.status import Status


def why_left_out(number: str | None, report: RunReport, route: DeliveryRoute, dam_auth: DamAuth) -> str | None:
    """Return one sentence, or None when none was asked for or it is in the report. Needs the Prefect API."""
    if number is None or number in [campaign.number for campaign in report.campaigns]:
        return None
    with open_services("dam", dam_auth=dam_auth) as services:
        wanted = getattr(services.roles.campaign_types, route.campaign_type)
        found = _status_and_type(number, services.dam, services.roles)
    takes = f"{route.workflow} takes {route.origin} of type {wanted!r}"
    if found is None:
        return f"{number}: the DAM's search finds no campaign with this number and a status; {takes}"
    if found == (route.origin, wanted):
        return f"{number}: the search did not find it a moment ago and does now; run again"
    return f"{number}: is {found[0]} of type {found[1]!r}; {takes}"


def _status_and_type(number: str, dam: OtmmClient, roles: DamRoles) -> tuple[str, str] | None:
    for kind in (roles.campaign_types.local, roles.campaign_types.global_):
        for status in Status:
            if any(campaign.number == number for campaign in dam.campaigns(status, kind)):
                return status, kind
    return None
