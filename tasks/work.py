"""What all tasks on one campaign share."""

from blocks.services import Services
from db.leases import Lease
from domain.assets import Asset, Campaign
from domain.routes import DeliveryRoute


class Survey:
    """One campaign as it is now: the folder read fresh, its assets, and where derivatives will go."""

    def __init__(
        self, campaign: Campaign, *, assets_folder_id: str, finals_folder_id: str, assets: list[Asset]
    ) -> None:
        self.campaign = campaign
        self.assets_folder_id = assets_folder_id
        self.finals_folder_id = finals_folder_id
        self.assets = assets


class CampaignWork:
    """A surveyed campaign, the route it takes, and the lease under which its writes are accepted.

    A plain class: Prefect looks into the fields of dataclasses that are handed to a task, for every task run.
    """

    def __init__(self, route: DeliveryRoute, survey: Survey, services: Services, lease: Lease) -> None:
        self.route = route
        self.survey = survey
        self.services = services
        self.lease = lease

    @property
    def campaign(self) -> Campaign:
        """The campaign worked on."""
        return self.survey.campaign
