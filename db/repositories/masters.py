"""Masters: each asset of a campaign is one row, under one tracking id for ever."""

import secrets
import string
from collections.abc import Callable, Collection, Mapping
from datetime import timedelta
from typing import Any, NotRequired, Required, TypedDict, Unpack

from sqlalchemy import any_, case, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from db.models import MasterAsset
from db.parameters import texts
from domain.errors import StoreError

_ALPHABET = string.ascii_letters + string.digits
_DRAWS = 20
NO_FAILURE: dict[str, Any] = {
    **dict.fromkeys(("last_error", "last_error_sign", "next_attempt_at")),
    "failure_count": 0,
}
"""Of whatever was carried to Box, once it is there or other content is wanted."""


class MasterFacts(TypedDict, total=False):
    """What is known of a master besides its identity; every key is a column of `master_assets`."""

    original_asset_id: str | None
    original_filename: Required[str]
    file_extension: str | None
    file_size_bytes: int | None
    mime_type: str | None
    content_md5: str | None
    asset_path: str | None
    brand_code: str | None
    country_code: str | None
    language_code: str | None
    asset_type: str | None
    description: str | None
    upload_directory: str | None
    global_master_campaign_id: str | None
    campaign_name: str | None
    campaign_folder_id: str | None
    full_metadata: Mapping[str, Any] | None
    workflow_name: str | None


class Failed(TypedDict, total=False):
    """A way to Box that failed: `sign` tells it from another failure, `failures` counts it, as one in a row of such."""

    sign: str
    failures: int
    rest: timedelta


class BoxArrival(TypedDict):
    """A file in Box as its upload reported it; every key is a column of `master_assets`."""

    box_file_id: str
    box_url: str
    box_sha1: str
    box_filename: NotRequired[str | None]
    box_folder_id: NotRequired[str | None]
    box_file_version_id: NotRequired[str | None]


def draw_tracking_id() -> str:
    """Draw six of `[A-Za-z0-9]` at random."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(6))


def find_or_create_master(
    session: Session,
    *,
    opentext_id: str,
    campaign_number: str,
    draw: Callable[[], str] = draw_tracking_id,
    **facts: Unpack[MasterFacts],
) -> MasterAsset:
    """Return the master of this asset in this campaign as it stands, or create it from `facts`.

    Callers that race get the same row. Raises StoreError when no free tracking id can be drawn.
    """
    for _ in range(_DRAWS):
        found = master_by_asset(session, opentext_id, campaign_number)
        if found is not None:
            return found
        row = {"tracking_id": draw(), "opentext_id": opentext_id, "local_campaign_id": campaign_number, **facts}
        if facts.get("full_metadata") is not None:
            row["metadata_read_at"] = func.now()
        # Without a conflict target both collide quietly: the asset (found above next time), or the id (drawn again).
        session.execute(insert(MasterAsset).values(row).on_conflict_do_nothing())
    raise StoreError(f"Asset {opentext_id}: no free tracking id after {_DRAWS} draws; run it again")


def refresh_master(session: Session, master_id: int, *, opentext_id: str, **facts: Unpack[MasterFacts]) -> None:
    """Replace what is known of a master by what the DAM says now. Raises StoreError when there is no such row."""
    changes: dict[str, Any] = {"opentext_id": opentext_id, **facts}
    if facts.get("full_metadata") is not None:
        changes["metadata_read_at"] = func.now()
    _change(session, master_id, changes)


def master_by_tracking_id(session: Session, tracking_id: str) -> MasterAsset | None:
    """Return the active master that carries `tracking_id` (case-sensitive), or None."""
    return session.scalar(
        select(MasterAsset).where(MasterAsset.tracking_id == tracking_id, MasterAsset.status == "active")
    )


def masters_by_tracking_id(session: Session, tracking_ids: Collection[str]) -> dict[str, MasterAsset]:
    """Return the active masters that carry one of the tracking ids (case-sensitive), without `full_metadata`."""
    has_one = MasterAsset.tracking_id == any_(texts(tracking_ids))
    wanted = select(MasterAsset).where(has_one, MasterAsset.status == "active")
    return {master.tracking_id: master for master in session.scalars(wanted)}


def master_by_asset(session: Session, opentext_id: str, campaign_number: str) -> MasterAsset | None:
    """Return the master made from a DAM asset in this campaign, active or not, or None."""
    return session.scalar(
        select(MasterAsset).where(
            MasterAsset.opentext_id == opentext_id, MasterAsset.local_campaign_id == campaign_number
        )
    )


def master_of_version(
    session: Session, opentext_id: str, original_id: str | None, campaign_number: str
) -> MasterAsset | None:
    """Return the master made from a DAM asset in this campaign, or from another version of it, active or not, or None.

    Of several the one made last: versions were masters of their own once.
    """
    ids = texts([opentext_id, original_id] if original_id is not None else [opentext_id])
    which = (MasterAsset.opentext_id == any_(ids)) | (MasterAsset.original_asset_id == any_(ids))
    return session.scalar(
        select(MasterAsset)
        .where(MasterAsset.local_campaign_id == campaign_number, which)
        .order_by((MasterAsset.opentext_id == opentext_id).desc(), MasterAsset.id.desc())
        .limit(1)
    )


def all_masters_of(session: Session, campaign_number: str) -> list[MasterAsset]:
    """Return a campaign's masters, active or not, oldest first, without their `full_metadata`."""
    which = MasterAsset.local_campaign_id == campaign_number
    return list(session.scalars(select(MasterAsset).where(which).order_by(MasterAsset.id)))


def is_in_box(master: MasterAsset) -> bool:
    """Tell whether Box has the version that was taken up last.

    Of a row that was written by hand, and never read, only the file tells.
    """
    return master.box_file_id is not None and (master.delivery_status == "delivered" or master.metadata_read_at is None)


def masters_of(session: Session, campaign_number: str) -> list[MasterAsset]:
    """Return a campaign's active masters, oldest first, without their `full_metadata`."""
    return list(
        session.scalars(
            select(MasterAsset)
            .where(MasterAsset.local_campaign_id == campaign_number, MasterAsset.status == "active")
            .order_by(MasterAsset.id)
        )
    )


def retired_masters_of(session: Session, campaign_number: str) -> list[MasterAsset]:
    """Return a campaign's masters that are active no more, oldest first, without their `full_metadata`."""
    which = (MasterAsset.local_campaign_id == campaign_number) & (MasterAsset.status != "active")
    return list(session.scalars(select(MasterAsset).where(which).order_by(MasterAsset.id)))


def undelivered(session: Session, campaign_number: str) -> list[MasterAsset]:
    """Return a campaign's active masters that have not arrived in Box, oldest first."""
    return [master for master in masters_of(session, campaign_number) if master.delivery_status != "delivered"]


def full_metadata(session: Session, master_id: int) -> dict[str, Any] | None:
    """Return the complete asset object of the DAM as it was stored, or None when none was."""
    return session.scalar(select(MasterAsset.full_metadata).where(MasterAsset.id == master_id))


def expect_delivery(session: Session, master_id: int) -> None:
    """Note that other content than before is to be carried; a file that is in Box stays the master's until then."""
    _change(session, master_id, {"delivery_status": "pending", **NO_FAILURE})


def record_still_there(session: Session, master_id: int) -> None:
    """Note that Box has the content that was taken up last. Raises StoreError when there is no such row."""
    _change(session, master_id, {"delivery_status": "delivered", **NO_FAILURE})


def record_delivered(session: Session, master_id: int, **arrival: Unpack[BoxArrival]) -> None:
    """Note where a master has arrived. Raises StoreError when there is no such row."""
    delivered = {"delivery_status": "delivered", "delivered_at": func.now(), **NO_FAILURE}
    _change(session, master_id, {**arrival, **delivered, **_attempt()})


def record_failed(session: Session, master_id: int, error: str, **failed: Unpack[Failed]) -> None:
    """Note why a master did not arrive, and how long it rests; one that arrived earlier stays delivered.

    Raises StoreError when there is no such row.
    """
    status = case((MasterAsset.delivery_status == "delivered", "delivered"), else_="failed")
    _change(session, master_id, {**failure_values(error, **failed), "delivery_status": status, **_attempt()})


def failure_values(error: str, **failed: Unpack[Failed]) -> dict[str, Any]:
    """Return what a failure changes in the row of what was to be carried."""
    rest = failed.get("rest")
    return {
        "last_error": error,
        "last_error_sign": failed.get("sign"),
        "failure_count": failed.get("failures", 1),
        "next_attempt_at": func.now() + rest if rest else None,
    }


def _attempt() -> dict[str, Any]:
    return {"attempt_count": MasterAsset.attempt_count + 1, "last_attempt_at": func.now()}


def _change(session: Session, master_id: int, changes: dict[str, Any]) -> None:
    changed = session.scalar(
        update(MasterAsset).where(MasterAsset.id == master_id).values(changes).returning(MasterAsset.id)
    )
    if changed is None:
        raise StoreError(f"There is no master with id {master_id}")
