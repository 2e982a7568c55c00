"""Carries one asset from the DAM to Box: intent in the database, find-or-adopt in Box, receipt in the database."""

from contextlib import AbstractContextManager
from pathlib import PurePosixPath

from prefect import task
from prefect.cache_policies import NO_CACHE
from prefect.runtime import flow_run
from sqlalchemy.orm import Session

from clients.box.models import UploadedFile
from clients.otmm.client import OtmmClient
from clients.otmm.content import ContentStream
from clients.otmm.parse import asset as read_asset
from clients.relay import Destination, relay
from db.leases import check_fence
from db.models import MasterAsset
from db.repositories.events import record_event
from db.repositories.masters import (
    MasterFacts,
    find_or_create_master,
    master_by_asset,
    record_delivered,
    refresh_master,
)
from db.repositories.scores import store_master_score
from domain.assets import Asset, Json
from domain.box_names import tracked_name
from domain.delivery import refusal
from domain.errors import MetadataRefused
from domain.metadata import field_value
from domain.report import AssetOutcome, Outcome
from tasks.box_folders import asset_folders, root_folder
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
    """Bring one asset to Box under its tracking id. Run twice, or after a kill, it ends the same."""
    services = work.services
    representation = services.dam.asset(asset.asset_id)
    asset = read_asset(representation, asset.folder_path)  # as it is now; a listing may leave its checksum out
    if (refused := refusal(asset)) is not None:
        raise refused
    master = write_intent(asset, representation, work)
    folder_id = services.box.find_or_create_path(asset_folders(asset, work), root_folder(work))
    uploaded = relay(
        DamContent(services.dam, asset),
        to=Destination(folder_id, tracked_name(asset.name, master.tracking_id)),
        box=services.box,
        journal=services.journal,
        budget=services.buffers,
        parts_in_flight=services.settings.parts_in_flight,
        on_progress=log_progress(asset.path, asset.size_bytes),
    )
    write_receipt(master, uploaded, folder_id, representation, work)
    return AssetOutcome(
        asset_id=asset.asset_id,
        path=asset.path,
        outcome=Outcome.DELIVERED,
        size_bytes=uploaded.size_bytes,
        tracking_id=master.tracking_id,
        target_name=uploaded.name,
        box_url=services.box.file_url(uploaded.box_file_id),
    )


def write_intent(asset: Asset, representation: Json, work: CampaignWork) -> MasterAsset:
    """Write down what is about to be delivered; the tracking id exists from here on."""
    campaign, roles = work.campaign, work.services.roles.fields
    facts: MasterFacts = {
        "original_filename": asset.name,
        "file_extension": PurePosixPath(asset.name).suffix,
        "asset_path": asset.path,
        "file_size_bytes": asset.size_bytes,
        "mime_type": asset.mime_type,
        "content_md5": asset.md5,
        "upload_directory": work.survey.finals_folder_id,
        "campaign_name": campaign.name,
        "campaign_folder_id": campaign.folder_id,
        "global_master_campaign_id": campaign.global_campaign,
        "workflow_name": work.route.workflow,
        "full_metadata": representation,
        "description": _value(representation, roles.asset_description),
        "asset_type": _value(representation, roles.asset_type),
        "language_code": _value(representation, roles.main_language),
    }
    with work.services.store.transaction() as session:
        check_fence(session, work.lease)
        known = master_by_asset(session, asset.asset_id, campaign.number)
        if known is not None:
            refresh_master(session, known.id, **facts)
        master = known or find_or_create_master(
            session, opentext_id=asset.asset_id, campaign_number=campaign.number, **facts
        )
        _record(session, master, "delivery_started", work, path=asset.path, asset_id=asset.asset_id)
    return master


def write_receipt(
    master: MasterAsset, uploaded: UploadedFile, folder_id: str, representation: Json, work: CampaignWork
) -> None:
    """Write down what arrived, and the CreativeX score that the master already carries."""
    with work.services.store.transaction() as session:
        check_fence(session, work.lease)
        record_delivered(
            session,
            master.id,
            box_file_id=uploaded.box_file_id,
            box_url=work.services.box.file_url(uploaded.box_file_id),
            box_sha1=uploaded.sha1,
            box_filename=uploaded.name,
            box_folder_id=folder_id,
            box_file_version_id=uploaded.version_id,
        )
        _record(session, master, "delivered", work, box_file_id=uploaded.box_file_id, adopted=uploaded.adopted)
        _keep_score(session, master, representation, work)


def _value(representation: Json, field_id: str | None) -> str | None:
    return field_value(representation, field_id) if field_id is not None else None


def _keep_score(session: Session, master: MasterAsset, representation: Json, work: CampaignWork) -> None:
    fields = work.services.roles.fields
    value = field_value(representation, fields.creativex_score)
    if value is None:
        return
    score = value.rpartition("^")[2]  # cascading form: Platform^Score
    link = field_value(representation, fields.creativex_link)
    try:
        store_master_score(session, filename=master.original_filename, score=score, url=link)
    except MetadataRefused as error:  # the master has arrived all the same
        _record(session, master, "master_score_ignored", work, reason=str(error))


def _record(session: Session, master: MasterAsset, event_type: str, work: CampaignWork, **detail: object) -> None:
    record_event(
        session,
        tracking_id=master.tracking_id,
        event_type=event_type,
        detail=detail,
        campaign_number=work.campaign.number,
        run_id=flow_run.id,
    )
