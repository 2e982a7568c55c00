"""Carries one asset from the DAM to Box: intent in the database, find-or-adopt in Box, receipt in the database."""

from contextlib import AbstractContextManager

from prefect import task
from prefect.cache_policies import NO_CACHE

from clients.box.models import UploadedFile
from clients.logs import about
from clients.otmm.client import OtmmClient
from clients.otmm.content import ContentStream
from clients.otmm.parse import asset as read_asset
from clients.relay import Destination, relay
from db.leases import check_fence
from db.repositories.masters import BoxArrival
from domain.assets import Asset, Json
from domain.box_names import tracked_name
from domain.delivery import Entry, Held, refusal
from domain.errors import NotFound
from domain.report import AssetOutcome, Outcome
from tasks.box_folders import asset_folders, root_folder
from tasks.delivery_ledger import ledger_of
from tasks.progress import log_progress
from tasks.retrying import is_transient
from tasks.work import CampaignWork


class DamContent:
    """An asset's content in the DAM, as the relay reads it."""

    def __init__(self, dam: OtmmClient, asset: Asset) -> None:
        self._dam = dam
        self._asset_id = asset.asset_id
        self.name = asset.path
        self.size_bytes = asset.size_bytes or 0
        self.md5 = asset.md5

    def open(self, offset: int) -> AbstractContextManager[ContentStream]:
        """Open the content at `offset`; the stream says where it really starts."""
        return self._dam.open_content(self._asset_id, offset=offset)


@task(
    retry_condition_fn=is_transient,
    cache_policy=NO_CACHE,
    task_run_name="deliver-{asset.name}",
)
def deliver_asset(asset: Asset, work: CampaignWork) -> AssetOutcome:
    """Have one asset in Box under its tracking id. Run twice, or after a kill, it ends the same."""
    services = work.services
    representation = services.dam.asset(asset.asset_id)
    asset = read_asset(representation, asset.folder_path)  # as it is now; a listing may leave its checksum out
    if not ledger_of(work.route).is_wanted(representation, work):
        return AssetOutcome(asset.asset_id, asset.path, Outcome.GONE, size_bytes=asset.size_bytes)
    if (refused := refusal(asset)) is not None:
        raise refused
    held = _found_in_box(asset, work)
    entry = _write_intent(asset, representation, work, is_there=held is not None)
    with about(tracking_id=entry.tracking_id):
        return _carry(asset, entry, representation, work) if held is None else _left_there(asset, entry, held)


def _found_in_box(asset: Asset, work: CampaignWork) -> Held | None:
    """Return the file that holds the content, where one is known and Box still shows it with that content."""
    with work.services.store.transaction() as session:
        held = ledger_of(work.route).held(session, asset, work)
    if held is None:
        return None
    try:
        found = work.services.box.file_facts(held.box_file_id)
    except NotFound:
        return None
    return held if held.sha1 in (None, found.sha1) else None


def _left_there(asset: Asset, entry: Entry, held: Held) -> AssetOutcome:
    return AssetOutcome(
        asset_id=asset.asset_id,
        path=asset.path,
        outcome=Outcome.ALREADY,
        size_bytes=asset.size_bytes,
        tracking_id=entry.tracking_id,
        target_name=held.box_name,
        box_url=held.box_url,
    )


def _carry(asset: Asset, entry: Entry, representation: Json, work: CampaignWork) -> AssetOutcome:
    services = work.services
    folder_id = services.box.find_or_create_path(asset_folders(asset, work), root_folder(work))
    uploaded = relay(
        DamContent(services.dam, asset),
        to=Destination(folder_id, tracked_name(asset.name, entry.tracking_id)),
        box=services.box,
        journal=services.journal,
        budget=services.buffers,
        parts_in_flight=services.settings.parts_in_flight,
        on_progress=log_progress(asset.path, asset.size_bytes),
    )
    _write_receipt(entry, uploaded, folder_id, representation, work)
    return AssetOutcome(
        asset_id=asset.asset_id,
        path=asset.path,
        outcome=Outcome.DELIVERED,
        size_bytes=uploaded.size_bytes,
        tracking_id=entry.tracking_id,
        target_name=uploaded.name,
        box_url=services.box.file_url(uploaded.box_file_id),
    )


def _write_intent(asset: Asset, representation: Json, work: CampaignWork, *, is_there: bool) -> Entry:
    with work.services.store.transaction() as session:
        check_fence(session, work.lease)
        return ledger_of(work.route).begin(session, asset, representation, work, is_there=is_there)


def _write_receipt(
    entry: Entry, uploaded: UploadedFile, folder_id: str, representation: Json, work: CampaignWork
) -> None:
    arrival: BoxArrival = {
        "box_file_id": uploaded.box_file_id,
        "box_url": work.services.box.file_url(uploaded.box_file_id),
        "box_sha1": uploaded.sha1,
        "box_filename": uploaded.name,
        "box_folder_id": folder_id,
        "box_file_version_id": uploaded.version_id,
    }
    with work.services.store.transaction() as session:
        check_fence(session, work.lease)
        ledger_of(work.route).arrived(session, entry, arrival, representation, work, adopted=uploaded.adopted)
