"""What mails and webhooks say, as the JSON that their templates take."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from prefect.runtime import flow_run

from blocks.services import Services
from db.models import MasterAsset, RejectedAsset, StatusMove
from domain.derivatives import KnownMaster
from domain.report import Failure
from domain.routes import Route


def about_run(services: Services) -> dict[str, Any]:
    """Return which installation tells, and in which run."""
    return {"environment": services.settings.env, "run_url": flow_run.ui_url}


def about_campaign(number: str, name: str, route: Route, services: Services) -> dict[str, Any]:
    """Return which campaign it is, where it stands, and which run tells."""
    return {
        "campaign": _campaign(number, name),
        "from_status": route.origin,
        "to_status": route.target,
        **about_run(services),
    }


def about_origin(master: KnownMaster | None, services: Services) -> dict[str, Any]:
    """Return which campaign a file belongs to, None where nobody can tell, and which run tells."""
    campaign = _campaign(master.campaign_number, master.campaign_name) if master is not None else None
    return {"campaign": campaign, **about_run(services)}


def about_delivery(
    assets: Iterable[Mapping[str, Any]], box_folder_url: str | None, *, started_at: datetime, finished_at: datetime
) -> dict[str, Any]:
    """Return what has arrived in Box; `assets` as a delivery's ledger tells them."""
    return {
        "assets": sorted(assets, key=lambda asset: asset["path"]),
        "failed": [],
        "skipped": [],
        "box_folder_url": box_folder_url,
        "started_at": started_at.isoformat(),
        "finished_at": finished_at.isoformat(),
    }


@dataclass(frozen=True, slots=True)
class Told:
    """What mails say of one asset, and since when it was under way."""

    since: datetime
    facts: dict[str, Any]


def about_asset(row: MasterAsset | RejectedAsset) -> dict[str, Any]:
    """Return what mails say of an asset that was carried to Box."""
    return {
        "name": row.original_filename,
        "path": row.asset_path or row.original_filename,
        "tracking_id": row.tracking_id,
        "size_bytes": row.file_size_bytes,
        "box_url": row.box_url,
    }


def about_failure(failure: Failure) -> dict[str, Any]:
    """Return what went wrong, for the person who can mend it."""
    return {"reason": failure.reason, "advice": failure.advice, "will_retry": failure.will_retry}


def status_update(move: StatusMove, asset_count: int) -> dict[str, Any]:
    """Return the facts of the webhook `campaign_status_update`."""
    return {
        "campaign_id": move.campaign_folder_id,
        "campaign_number": move.campaign_number,
        "campaign_name": move.campaign_name,
        "old_status": move.from_status,
        "new_status": move.to_status,
        "asset_count": asset_count,
        "processed_assets": asset_count,
        "timestamp": (move.done_at or datetime.now(UTC)).isoformat(),
    }


def _campaign(number: str, name: str) -> dict[str, Any]:
    return {"number": number, "name": name, "folder_url": None}
