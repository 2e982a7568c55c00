"""What `content-scaling campaign list` and `show` know of campaigns: from the DAM and the database, without Prefect."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from blocks.bootstrap import block_from, dam_block
from blocks.config_files import load_roles
from blocks.database import PostgresDatabase
from blocks.settings import load_settings
from clients.otmm.client import OtmmClient
from db.engine import Store
from db.models import AssetEvent, RejectedAsset, StatusMove
from db.repositories.events import last_events_of_campaign
from db.repositories.moves import open_move
from db.repositories.progress import counts_by_campaign
from db.repositories.rejections import current_rejections
from db.repositories.troubles import Stuck
from domain.assets import Campaign
from domain.operations import matching
from domain.status import Status
from entrypoints.campaign_assets import AssetLine, read_campaign

EVENTS_SHOWN = 20


@dataclass(frozen=True)
class Counted:
    """One campaign of a list, with how much of it is known."""

    campaign: Campaign
    masters: int
    derivatives: int


@dataclass(frozen=True)
class CampaignView:
    """One campaign, and all that the database says of it; `events` are the newest, of those the oldest first."""

    campaign: Campaign
    lines: Sequence[AssetLine]
    """Its masters, the active ones, then the retired ones, with what was made of them and what each waits for."""
    stuck: Sequence[Stuck]
    """The workflows that cannot work on it."""
    rejections: Sequence[RejectedAsset]
    move: StatusMove | None
    events: Sequence[AssetEvent]


class Archive:
    """The DAM and the database, to be read."""

    def __init__(self, dam: OtmmClient, store: Store) -> None:
        self._dam = dam
        self._store = store

    def find(self, query: str | None, statuses: Sequence[Status] = ()) -> list[Campaign]:
        """Return the campaigns meant by a query, of all statuses where none is named, as the DAM's search has them."""
        found = {seen.folder_id: seen for each in statuses or Status for seen in self._dam.campaigns(each)}
        return sorted(matching(query, list(found.values())), key=lambda campaign: (campaign.number, campaign.name))

    def count(self, campaigns: Sequence[Campaign]) -> list[Counted]:
        """Return the campaigns with the numbers of their masters, and of the derivatives that have arrived."""
        with self._store.transaction() as session:
            counts = counts_by_campaign(session)
        return [Counted(campaign, *counts.get(campaign.number, (0, 0))) for campaign in campaigns]

    def view(self, found: Campaign) -> CampaignView:
        """Return the campaign as it is now."""
        campaign = self._dam.campaign(found.folder_id)
        number = campaign.number
        with self._store.transaction() as session:
            known = read_campaign(session, number, datetime.now(UTC), status=campaign.status)
            return CampaignView(
                campaign,
                known.lines if known is not None else (),
                known.stuck if known is not None else (),
                list(current_rejections(session, number).values()),
                open_move(session, number),
                last_events_of_campaign(session, number, EVENTS_SHOWN),
            )


@contextmanager
def open_archive(dam_auth: str) -> Iterator[Archive]:
    """Give the archive of the settings; Prefect need not run for this."""
    settings = load_settings(f"dam-{dam_auth}")
    with ExitStack() as opened:
        store = opened.enter_context(closing(block_from(settings, PostgresDatabase).get_client()))
        client = opened.enter_context(dam_block(settings, dam_auth).get_client(load_roles(settings.config_dir)))
        yield Archive(client, store)
