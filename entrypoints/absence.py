"""Why a campaign that was asked for by its number was not taken."""

from blocks.dam import DamAuth
from blocks.services import open_services
from clients.otmm.client import OtmmClient
from domain.assets import Campaign
from domain.report import RunReport
from domain.routes import DeliveryRoute
from domain.status import Status


def why_left_out(number: str | None, report: RunReport, route: DeliveryRoute, dam_auth: DamAuth) -> str | None:
    """Return one sentence, or None when none was asked for or it is in the report. Needs the Prefect API."""
    if number is None or number in [campaign.number for campaign in report.campaigns]:
        return None
    with open_services("dam", dam_auth=dam_auth) as services:
        wanted = services.roles.campaign_types.named(route.campaign_type)
        found = _found(number, services.dam)
    takes = f"{route.workflow} takes {route.origin} of {f'type {wanted!r}' if wanted is not None else 'any type'}"
    if found is None:
        return f"{number}: the DAM's search finds no campaign with this number and a status; {takes}"
    if found.status == route.origin and wanted in (None, found.type):
        return f"{number}: the search did not find it a moment ago and does now; run again"
    return f"{number}: is {found.status} of type {found.type!r}; {takes}"


def _found(number: str, dam: OtmmClient) -> Campaign | None:
    for status in Status:
        for campaign in dam.campaigns(status):
            if campaign.number == number:
                return campaign
    return None
