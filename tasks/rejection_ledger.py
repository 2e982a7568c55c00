"""What the database is told of rejected assets on their way back to the agency: intent, receipt, failure."""

from collections.abc import Collection, Mapping

from prefect.runtime import flow_run
from sqlalchemy.orm import Session

from db.models import DerivativeAsset, MasterAsset, RejectedAsset
from db.repositories.events import record_event
from db.repositories.masters import BoxArrival, record_delivered
from db.repositories.owners import Owner, owners
from db.repositories.rejections import (
    begin_rejection,
    current_rejection,
    current_rejections,
    record_fetched,
    record_not_fetched,
)
from domain.assets import Asset, Json
from domain.delivery import Entry, Held, KnownDelivery
from domain.rejections import Rejection, read_rejection
from domain.report import Failure
from tasks.master_ledger import write_master
from tasks.message_facts import Told, about_asset
from tasks.resting import failed_now, rest_of
from tasks.work import CampaignWork, Survey


class RejectionLedger:
    """Each rejected asset goes out under the tracking id it has: of the derivative that it is, else of the master."""

    def known(self, session: Session, survey: Survey) -> dict[str, KnownDelivery]:
        """Return what is known of the rejected assets, by asset id.

        A rejection that has been fetched is not fetched again before the asset or what was said of it has changed.
        """
        whose = _owners(session, survey.assets, survey.campaign.number)
        rows = current_rejections(session, survey.campaign.number)
        return {
            asset.asset_id: _known(whose[asset.asset_id], rows.get(asset.asset_id), survey.rejections, asset)
            for asset in survey.assets
            if asset.asset_id in whose
        }

    def is_wanted(self, representation: Json, work: CampaignWork) -> bool:
        """Tell whether the asset is still rejected."""
        return work.services.roles.rejected.fits(representation)

    def held(self, session: Session, asset: Asset, work: CampaignWork) -> Held | None:
        """Return None: a rejection that was fetched is known, and another one is carried."""
        return None

    def begin(
        self, session: Session, asset: Asset, representation: Json, work: CampaignWork, *, is_there: bool
    ) -> Entry:
        """Write the rejection down; an asset that nobody knows becomes a master, with a tracking id of its own."""
        owner = _owners(session, [asset], work.campaign.number).get(asset.asset_id)
        if owner is None:
            master = write_master(session, asset, representation, work)
            owner = Owner(master.tracking_id, master.id)
        rejection = read_rejection(representation, work.services.roles.fields)
        known = current_rejection(session, work.campaign.number, asset.asset_id)
        is_news = known is None or known.digest != rejection.digest(asset)
        row = begin_rejection(
            session,
            campaign_number=work.campaign.number,
            opentext_id=asset.asset_id,
            tracking_id=owner.tracking_id,
            master_asset_id=owner.master_id,
            derivative_asset_id=owner.derivative_id,
            original_filename=asset.name,
            asset_path=asset.path,
            file_size_bytes=asset.size_bytes,
            content_md5=asset.md5,
            digest=rejection.digest(asset),
            approval_status=rejection.status,
            verdicts=rejection.as_json(),
        )
        if is_news:  # else it is tried once more, and polls would fill the audit trail
            _record(session, row, "rejection_started", path=asset.path)
        return Entry(row.id, row.tracking_id)

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
        """Write down where the rejected asset has arrived, and what was said of it."""
        row = record_fetched(session, entry.row_id, **arrival)
        master = session.get_one(MasterAsset, row.master_asset_id)
        if row.derivative_asset_id is None and master.box_file_id is None:
            record_delivered(session, master.id, **arrival)
        said = {"status": row.approval_status, "verdicts": row.verdicts}
        _record(session, row, "rejection_delivered", box_file_id=row.box_file_id, adopted=adopted, **said)

    def failed(self, session: Session, asset: Asset, error: BaseException, work: CampaignWork) -> None:
        """Write down why a rejected asset did not arrive, and how long it rests, where it is known at all."""
        row = current_rejection(session, work.campaign.number, asset.asset_id)
        if row is not None:
            record_not_fetched(session, row.id, Failure.of(error).reason, **failed_now(row, error))

    def told(self, session: Session, campaign_number: str, asset_ids: Collection[str]) -> list[Told]:
        """Return what mails say of these assets, with what was said of them."""
        rows = current_rejections(session, campaign_number).values()
        return [Told(row.created_at, _facts(session, row)) for row in rows if row.opentext_id in asset_ids]


def _owners(session: Session, assets: Collection[Asset], campaign_number: str) -> dict[str, Owner]:
    """Return whose the assets are, by id; a version that a librarian has checked in is whose the first one is."""
    ids = {asset_id for asset in assets for asset_id in (asset.asset_id, asset.original_id) if asset_id}
    known = owners(session, campaign_number, ids)
    found = {asset.asset_id: known.get(asset.asset_id) or known.get(asset.original_id or "") for asset in assets}
    return {asset_id: owner for asset_id, owner in found.items() if owner is not None}


def _known(owner: Owner, row: RejectedAsset | None, rejections: Mapping[str, Rejection], asset: Asset) -> KnownDelivery:
    if not owner.is_current:
        return KnownDelivery(owner.tracking_id, None, None, None, is_replaced=True)
    rejection = rejections.get(asset.asset_id)
    if row is None or rejection is None or row.digest != rejection.digest(asset):
        return KnownDelivery(owner.tracking_id, None, None, None)
    return KnownDelivery(
        owner.tracking_id,
        row.box_file_id,
        row.box_filename,
        row.box_url,
        is_replaced=row.returned_at is not None,
        rest=rest_of(row, asset),
    )


def _facts(session: Session, row: RejectedAsset) -> dict[str, object]:
    master = session.get_one(MasterAsset, row.master_asset_id)
    made = session.get_one(DerivativeAsset, row.derivative_asset_id) if row.derivative_asset_id is not None else None
    return about_asset(row) | {
        "master": master.original_filename if made is not None else None,
        # The file in Box has the name of the DAM, which lacks the job number; handed in under that it is refused.
        "hand_in_name": made.handed_in_filename if made is not None else None,
        "status": row.approval_status,
        "verdicts": row.verdicts,
    }


def _record(session: Session, row: RejectedAsset, event_type: str, **detail: object) -> None:
    record_event(
        session,
        tracking_id=row.tracking_id,
        event_type=event_type,
        detail={"name": row.original_filename, "asset_id": row.opentext_id, **detail},
        campaign_number=row.campaign_number,
        run_id=flow_run.id,
    )
