"""What a campaign in A2 has behind it: its masters are in the database, under tracking ids that agencies know."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.orm import Session

from benchmarks.child import Facts, Work
from benchmarks.clients import Clients, open_clients
from clients.otmm.parse import asset as read_asset
from db.repositories.masters import find_or_create_master
from domain.assets import Asset, Campaign, Folder


@contextmanager
def hand_out(number: str) -> Iterator[Work]:
    """Write the masters of an A2 campaign down as a delivery would have done; returns tracking ids and the folder."""
    with open_clients() as clients:

        def work() -> Facts:
            campaign = _found(number, clients)
            masters = _folder(campaign, clients.roles.folders.masters, clients)
            finals = _folder(campaign, clients.roles.folders.finals, clients)
            assets = clients.dam.assets_below(masters.folder_id)
            with clients.store.transaction() as session:
                tracking_ids = [_tracking_id(asset, campaign, finals, clients, session) for asset in assets]
            return {"tracking_ids": tracking_ids, "finals_folder_id": finals.folder_id}

        yield work


def _found(number: str, clients: Clients) -> Campaign:
    campaigns = clients.dam.campaigns("A2", clients.roles.campaign_types.local)
    return next(campaign for campaign in campaigns if campaign.number == number)


def _folder(campaign: Campaign, named: str, clients: Clients) -> Folder:
    folder = clients.dam.folder_named(campaign.folder_id, named)
    assert folder is not None
    return folder


def _tracking_id(listed: Asset, campaign: Campaign, finals: Folder, clients: Clients, session: Session) -> str:
    representation = clients.dam.asset(listed.asset_id)
    asset = read_asset(representation, listed.folder_path)
    master = find_or_create_master(
        session,
        opentext_id=asset.asset_id,
        campaign_number=campaign.number,
        original_filename=asset.name,
        asset_path=asset.path,
        upload_directory=finals.folder_id,
        campaign_name=campaign.name,
        campaign_folder_id=campaign.folder_id,
        full_metadata=representation,
    )
    return master.tracking_id
