"""Where a campaign's files go in Box."""

from blocks.services import Services
from blocks.settings import missing
from domain.assets import Asset
from domain.box_names import campaign_folder_name, safe_name
from domain.errors import ConfigError
from domain.routes import DeliveryRoute
from tasks.work import CampaignWork


def check_root_folder(route: DeliveryRoute, services: Services) -> None:
    """Raise ConfigError when the settings do not say where the route delivers to."""
    if faults := missing(services.settings, route.workflow):
        raise ConfigError(faults)


def root_folder(work: CampaignWork) -> str:
    """Return the id of the folder that the route delivers to."""
    return str(getattr(work.services.settings, work.route.box_folder))


def asset_folders(asset: Asset, work: CampaignWork) -> list[str]:
    """Return the names of the folders below the root, from the campaign's down to the asset's."""
    return [_campaign_name(work), *(safe_name(name) for name in asset.folder_path)]


def campaign_folder(work: CampaignWork) -> str:
    """Return the id of the campaign's folder in Box."""
    return work.services.box.find_or_create_path([_campaign_name(work)], root_folder(work))


def _campaign_name(work: CampaignWork) -> str:
    route, campaign = work.route, work.campaign
    return campaign_folder_name(campaign.number, campaign.name, route.folder_prefix, route.folder_suffix)
