"""Masters whose assets are no longer in their campaign's folder in the DAM, and those that are there again.

Nothing would ever come of one that no agency has got: it is retired. One that an agency has is for a person to judge.
"""

from collections.abc import Collection

from sqlalchemy.orm import Session

from blocks.services import Services
from db.leases import check_fence
from db.models import MasterAsset
from db.repositories.masters import masters_of
from db.repositories.retiring import ACTIVE, RETIRED, retirements, set_master_status
from domain.assets import Asset
from domain.report import AssetOutcome, Outcome
from domain.routes import DeliveryRoute
from tasks.work import CampaignWork

_GONE = "its asset is no longer in the campaign's folder in the DAM"
_NEVER_OUT = f"{_GONE}, and it was never delivered"


def foresee_unlisted(
    route: DeliveryRoute, number: str, listed: Collection[Asset], services: Services
) -> list[AssetOutcome]:
    """Say which masters of a campaign are not among its assets any more, without doing anything."""
    with services.store.transaction() as session:
        return [_outcome(master, number) for master in _unlisted(session, route, number, listed)]


def settle_unlisted(listed: Collection[Asset], work: CampaignWork) -> list[AssetOutcome]:
    """Retire the masters that are not among the campaign's assets any more and never went out; tell of all of them."""
    number, workflow = work.campaign.number, work.route.workflow
    with work.services.store.transaction() as session:
        check_fence(session, work.lease)
        gone = _unlisted(session, work.route, number, listed)
        for master in gone:
            if master.box_file_id is None:
                set_master_status(session, number, master.tracking_id, RETIRED, by=workflow, reason=_NEVER_OUT)
        return [_outcome(master, number) for master in gone]


def restore_listed(session: Session, master: MasterAsset, work: CampaignWork) -> None:
    """Make a master active again whose asset is back in the folder, unless a person has retired it."""
    if master.status == ACTIVE:
        return
    number, workflow = work.campaign.number, work.route.workflow
    if retirements(session, [master.tracking_id])[master.tracking_id].by == workflow:
        reason = "its asset is in the campaign's folder again"
        set_master_status(session, number, master.tracking_id, ACTIVE, by=workflow, reason=reason)


def _unlisted(session: Session, route: DeliveryRoute, number: str, listed: Collection[Asset]) -> list[MasterAsset]:
    """Return the masters that the route has taken up itself and does not find any more; it finds no rejected ones."""
    if route.takes != "masters":
        return []
    ids = {asset.asset_id for asset in listed}
    return [
        master
        for master in masters_of(session, number)
        if master.opentext_id not in ids and master.workflow_name == route.workflow
    ]


def _outcome(master: MasterAsset, number: str) -> AssetOutcome:
    if master.box_file_id is None:
        warning = f"{_NEVER_OUT}; nobody is to wait for it, so it is retired when the campaign moves on"
    else:
        command = f"content-scaling campaign retire {number} {master.tracking_id} --reason …"
        warning = f"{_GONE}; it stays in Box, and if no file is to come of it: {command}"
    return AssetOutcome(
        asset_id=master.opentext_id,
        path=master.asset_path or master.original_filename,
        outcome=Outcome.GONE,
        size_bytes=master.file_size_bytes,
        tracking_id=master.tracking_id,
        target_name=master.box_filename,
        box_url=master.box_url,
        warnings=(warning,),
    )
