"""What flows ask the DAM: which campaigns are ready, and what is in one."""

from datetime import UTC, datetime

from prefect import task
from prefect.cache_policies import NO_CACHE

from blocks.services import Services
from clients.otmm.parse import asset as read_asset
from db.repositories.visits import last_visits
from domain.assets import Asset, Campaign
from domain.errors import MetadataRefused, NotFound, NotWaiting
from domain.rejections import Rejection, read_rejection
from domain.routes import DeliveryRoute
from tasks.retrying import is_transient
from tasks.work import Survey


@task(
    retry_condition_fn=is_transient,
    cache_policy=NO_CACHE,
    task_run_name="find-campaigns",
)
def find_campaigns(route: DeliveryRoute, services: Services, only: str | None = None) -> list[Campaign]:
    """Return the campaigns waiting for `route`, those longest not looked at first, so that a stuck one blocks none.

    At most `max_campaigns`; `only` takes the one with that number.
    """
    found = services.dam.campaigns(route.origin, services.roles.campaign_types.named(route.campaign_type))
    if only is not None:
        return [campaign for campaign in found if campaign.number == only]
    with services.store.transaction() as session:
        visits = last_visits(session, route.workflow)
    never = datetime.min.replace(tzinfo=UTC)
    found.sort(key=lambda campaign: visits.get(campaign.label, never))
    return found[: services.settings.max_campaigns]


@task(
    retry_condition_fn=is_transient,
    cache_policy=NO_CACHE,
    task_run_name="survey-{campaign.label}",
)
def survey_campaign(route: DeliveryRoute, campaign: Campaign, services: Services) -> Survey:
    """Read the campaign by id (the search index lags behind) and list its assets.

    Raises NotWaiting when it has another status by now, MetadataRefused when a folder is missing.
    """
    fresh = services.dam.campaign(campaign.folder_id)
    if not fresh.number:
        raise MetadataRefused(f"campaign folder {fresh.name!r} ({fresh.folder_id}) has no campaign number; give it one")
    if fresh.status != route.origin:
        raise NotWaiting(f"is {fresh.status or 'without a status'} now, no longer {route.origin}")
    names = services.roles.folders
    finals_folder_id = _folder(services, campaign, names.finals)
    is_there = route.assets_folder == "finals"
    assets_folder_id = finals_folder_id if is_there else _folder(services, campaign, names.masters)
    assets = assets_of(route, assets_folder_id, services)
    rejections: dict[str, Rejection] = {}
    if route.takes == "rejections":
        assets, rejections = _as_read(assets, services)
    return Survey(
        fresh,
        assets_folder_id=assets_folder_id,
        finals_folder_id=finals_folder_id,
        assets=assets,
        rejections=rejections,
    )


def assets_of(route: DeliveryRoute, folder_id: str, services: Services) -> list[Asset]:
    """Return the assets below a folder that the route takes, in the DAM's order."""
    if route.takes == "masters":
        return services.dam.assets_below(folder_id)
    return services.dam.assets_below(folder_id, holding=services.roles.rejected)


def _as_read(listed: list[Asset], services: Services) -> tuple[list[Asset], dict[str, Rejection]]:
    """Return rejected assets as they are by id, since a listing may leave checksums out, and what was said of each.

    One that is not there stays as it was listed: to carry it fails, and that is told of it alone.
    """
    assets, rejections = [], {}
    for asset in listed:
        try:
            representation = services.dam.asset(asset.asset_id)
        except NotFound:
            assets.append(asset)
            continue
        assets.append(read_asset(representation, asset.folder_path))
        rejections[asset.asset_id] = read_rejection(representation, services.roles.fields)
    return assets, rejections


def _folder(services: Services, campaign: Campaign, wanted: str) -> str:
    folder = services.dam.folder_named(campaign.folder_id, wanted)
    if folder is None:
        raise MetadataRefused(f"{campaign.number} {campaign.name}: there is no folder {wanted!r}; create it in the DAM")
    return folder.folder_id
