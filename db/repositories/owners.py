"""Which tracking id an asset of the DAM belongs to: that of the derivative that it is, else of the master."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import any_, select
from sqlalchemy.orm import Session

from db.models import AssetEvent, DerivativeAsset, MasterAsset
from db.parameters import texts


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose asset it is. `derivative_id` is None for a master.

    `is_current` is False where a later upload under the same name has taken the asset's place.
    """

    tracking_id: str
    master_id: int
    derivative_id: int | None = None
    is_current: bool = True


def owners(session: Session, campaign_number: str, asset_ids: Collection[str]) -> dict[str, Owner]:
    """Return whose the assets are, by asset id, as far as we know them: what we have uploaded, and masters.

    A master is known by the id of its first version and of the one that was taken up last.
    """
    found = _masters(session, campaign_number, asset_ids)
    found |= _derivatives_of_before(session, campaign_number, asset_ids)
    return found | _derivatives(session, asset_ids)


def _derivatives(session: Session, asset_ids: Collection[str]) -> dict[str, Owner]:
    rows = session.scalars(select(DerivativeAsset).where(DerivativeAsset.dam_asset_id == any_(texts(asset_ids))))
    return {str(row.dam_asset_id): Owner(row.tracking_id, row.master_asset_id, row.id) for row in rows}


def _derivatives_of_before(session: Session, campaign_number: str, asset_ids: Collection[str]) -> dict[str, Owner]:
    """Return the derivatives that the assets once were: a row knows the newest asset only, the audit trail all."""
    asset_id = AssetEvent.detail["dam_asset_id"].astext
    rows = session.execute(
        select(asset_id, DerivativeAsset)
        .join(
            DerivativeAsset,
            (DerivativeAsset.tracking_id == AssetEvent.tracking_id)
            & (DerivativeAsset.derivative_filename == AssetEvent.detail["name"].astext),
        )
        .where(
            AssetEvent.campaign_number == campaign_number,
            AssetEvent.event_type == "derivative_uploaded",
            asset_id == any_(texts(asset_ids)),
        )
    )
    return {
        found: Owner(row.tracking_id, row.master_asset_id, row.id, is_current=row.dam_asset_id == found)
        for found, row in rows
    }


def _masters(session: Session, campaign_number: str, asset_ids: Collection[str]) -> dict[str, Owner]:
    ids = texts(asset_ids)
    rows = session.scalars(
        select(MasterAsset)
        .where(
            (MasterAsset.opentext_id == any_(ids)) | (MasterAsset.original_asset_id == any_(ids)),
            MasterAsset.local_campaign_id == campaign_number,
            MasterAsset.status == "active",
        )
        .order_by(MasterAsset.id)
    )
    found = {row: Owner(row.tracking_id, row.id) for row in rows}
    by_original = {row.original_asset_id: owner for row, owner in found.items() if row.original_asset_id is not None}
    return by_original | {row.opentext_id: owner for row, owner in found.items()}
