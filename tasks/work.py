"""What all tasks on one campaign share, and all tasks of one intake.

Plain classes: Prefect looks into the fields of dataclasses that are handed to a task, for every task run.
"""

from collections.abc import Mapping

from blocks.services import Services
from db.leases import Lease
from db.repositories.derivatives import database_time
from domain.assets import Asset, Campaign
from domain.rejections import Rejection
from domain.routes import DeliveryRoute


class Survey:
    """One campaign as it is now: the folder read fresh, the assets to take, and where derivatives will go.

    `rejections` holds what reviewers said of each asset, by its id, where the route takes rejected ones; it lacks those
    that are not there any more.
    """

    def __init__(
        self,
        campaign: Campaign,
        *,
        assets_folder_id: str,
        finals_folder_id: str,
        assets: list[Asset],
        rejections: Mapping[str, Rejection],
    ) -> None:
        self.campaign = campaign
        self.assets_folder_id = assets_folder_id
        self.finals_folder_id = finals_folder_id
        self.assets = assets
        self.rejections = rejections


class CampaignWork:
    """A surveyed campaign, the route it takes, and the lease under which its writes are accepted."""

    def __init__(self, route: DeliveryRoute, survey: Survey, services: Services, lease: Lease) -> None:
        self.route = route
        self.survey = survey
        self.services = services
        self.lease = lease

    @property
    def campaign(self) -> Campaign:
        """The campaign worked on."""
        return self.survey.campaign


class Intake:
    """One look at what agencies have handed in.

    `campaign`: only files of this one. `file_ids`: only these files, at once, whether or not they rest after a failure;
    empty: all that are there. `keep_files`: leave what has arrived in Box.
    """

    def __init__(
        self,
        services: Services,
        *,
        campaign: str | None = None,
        file_ids: tuple[str, ...] = (),
        keep_files: bool = False,
    ) -> None:
        self.services = services
        self.campaign = campaign
        self.file_ids = file_ids
        self.keep_files = keep_files
        with services.store.transaction() as session:
            self.began_at = database_time(session)

    @property
    def is_whole(self) -> bool:
        """Whether all files are looked at, so that what is not among them is gone."""
        return not self.file_ids and self.campaign is None


class ScoreIntake:
    """One look at the scorecards that lie in Box.

    `file_ids`: only these files, whatever became of them before; empty: all that are there. `keep_files`: leave what
    was read in Box.
    """

    def __init__(self, services: Services, *, file_ids: tuple[str, ...] = (), keep_files: bool = False) -> None:
        self.services = services
        self.file_ids = file_ids
        self.keep_files = keep_files

    @property
    def is_whole(self) -> bool:
        """Whether all files are looked at, so that what is not among them is gone."""
        return not self.file_ids
