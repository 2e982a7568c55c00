"""What the database is told of a campaign's masters on their way to Box: intent, receipt, failure."""

from collections.abc import Collection
from datetime import datetime
from pathlib import PurePosixPath

from prefect.runtime import flow_run
from sqlalchemy.orm import Session

from db.models import MasterAsset
from db.repositories.events import record_event
from db.repositories.masters import (
    BoxArrival,
    MasterFacts,
    all_masters_of,
    expect_delivery,
    find_or_create_master,
    is_in_box,
    master_of_version,
    masters_of,
    record_delivered,
    record_failed,
    record_still_there,
    refresh_master,
)
from db.repositories.scores import store_master_score
from db.repositories.stays import last_elsewhere_at
from domain.assets import Asset, Json
from domain.delivery import Entry, Held, KnownDelivery
from domain.errors import MetadataRefused
from domain.metadata import field_value
from domain.report import Failure
from tasks.message_facts import Told, about_asset
from tasks.resting import failed_now, rest_of
from tasks.unlisted import restore_listed
from tasks.work import CampaignWork, Survey


class MasterLedger:
    """Each asset of the campaign is a master: one row, under one tracking id for ever."""

    def known(self, session: Session, survey: Survey) -> dict[str, KnownDelivery]:
        """Return what is known of the campaign's masters, by asset id; a new version is known, and not delivered.

        One that has arrived is read once in each stay of its campaign: somebody may have set that back to have it so.
        """
        rows = all_masters_of(session, survey.campaign.number)
        by_id = {row.opentext_id: row for row in rows}
        by_original = {row.original_asset_id or row.opentext_id: row for row in rows}
        found = [
            (asset, by_id.get(asset.asset_id) or by_original.get(asset.original_id or "")) for asset in survey.assets
        ]
        elsewhere = last_elsewhere_at(session, survey.campaign.number, survey.campaign.status)
        return {asset.asset_id: _known(row, asset, elsewhere) for asset, row in found if row is not None}

    def is_wanted(self, representation: Json, work: CampaignWork) -> bool:
        """Tell whether the asset is to go out: a master always is."""
        return True

    def held(self, session: Session, asset: Asset, work: CampaignWork) -> Held | None:
        """Return the file in Box that holds the master's content, as far as we know, or None."""
        row = _master(session, asset, work)
        if row is None or row.box_file_id is None or not (is_in_box(row) and _is_content_of(row, asset)):
            return None
        return Held(row.box_file_id, row.box_filename, row.box_url, row.box_sha1)

    def begin(
        self, session: Session, asset: Asset, representation: Json, work: CampaignWork, *, is_there: bool
    ) -> Entry:
        """Write down what is about to be delivered, or how it is described now; the tracking id exists from here on."""
        known = _master(session, asset, work)
        is_news = known is None or is_in_box(known) or not _is_content_of(known, asset)
        master = write_master(session, asset, representation, work)
        restore_listed(session, master, work)
        if is_there:
            record_still_there(session, master.id)
            _record(session, master, "master_read_again", work, asset_id=asset.asset_id)
            _keep_score(session, master, representation, work)
        elif is_news:  # else it is tried once more, and polls would fill the audit trail
            expect_delivery(session, master.id)
            _record(session, master, "delivery_started", work, path=asset.path, asset_id=asset.asset_id)
        return Entry(master.id, master.tracking_id)

    def arrived(  # noqa: PLR0913  (what arrived, and of what)
        self,
        session: Session,
        entry: Entry,
        arrival: BoxArrival,
        representation: Json,
        work: CampaignWork,
        *,
        adopted: bool,
    ) -> None:
        """Write down what has arrived, and the CreativeX score that the master already carries."""
        record_delivered(session, entry.row_id, **arrival)
        master = session.get_one(MasterAsset, entry.row_id)
        _record(session, master, "delivered", work, box_file_id=arrival["box_file_id"], adopted=adopted)
        _keep_score(session, master, representation, work)

    def failed(self, session: Session, asset: Asset, error: BaseException, work: CampaignWork) -> None:
        """Write down why a master did not arrive, and how long it rests, where it is known at all."""
        master = _master(session, asset, work)
        if master is not None:
            record_failed(session, master.id, Failure.of(error).reason, **failed_now(master, error))

    def told(self, session: Session, campaign_number: str, asset_ids: Collection[str]) -> list[Told]:
        """Return what mails say of these masters."""
        masters = [master for master in masters_of(session, campaign_number) if master.opentext_id in asset_ids]
        return [Told(master.created_at, about_asset(master)) for master in masters]


def write_master(session: Session, asset: Asset, representation: Json, work: CampaignWork) -> MasterAsset:
    """Return the master that the asset is, as the DAM describes it now; it is made where there is none.

    A new version is the master that the one before was, under the same tracking id.
    """
    campaign, facts = work.campaign, _facts(asset, representation, work)
    known = _master(session, asset, work)
    if known is not None:
        refresh_master(session, known.id, opentext_id=asset.asset_id, **facts)
    return known or find_or_create_master(session, opentext_id=asset.asset_id, campaign_number=campaign.number, **facts)


def _master(session: Session, asset: Asset, work: CampaignWork) -> MasterAsset | None:
    return master_of_version(session, asset.asset_id, asset.original_id, work.campaign.number)


def _known(row: MasterAsset, asset: Asset, elsewhere: datetime | None) -> KnownDelivery:
    is_same = row.opentext_id == asset.asset_id and _is_content_of(row, asset)
    resting = rest_of(row, asset) if is_same else None
    if not (is_in_box(row) and is_same):
        return KnownDelivery(row.tracking_id, None, None, None, rest=resting)
    read_at = row.metadata_read_at
    is_read = read_at is not None and (elsewhere is None or read_at > elsewhere)
    return KnownDelivery(row.tracking_id, row.box_file_id, row.box_filename, row.box_url, is_read=is_read, rest=resting)


def _is_content_of(row: MasterAsset, asset: Asset) -> bool:
    """Tell whether the row tells of the content that the asset has; where the DAM gives no checksum, of the version."""
    if None in (row.content_md5, asset.md5):
        return row.opentext_id == asset.asset_id
    return row.content_md5 == asset.md5


def _facts(asset: Asset, representation: Json, work: CampaignWork) -> MasterFacts:
    campaign, roles = work.campaign, work.services.roles.fields
    return {
        "original_asset_id": asset.original_id,
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
        store_master_score(
            session, filename=master.original_filename, score=score, url=link, tracking_id=master.tracking_id
        )
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
