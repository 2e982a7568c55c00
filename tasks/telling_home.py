"""Puts the mails and webhooks about derivatives into the outbox, in the transaction that makes the fact true."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.orm import Session

from blocks.services import Services
from clients.video import VideoFacts
from db.models import DerivativeAsset, StatusMove
from db.repositories.outbox import enqueue
from db.repositories.progress import Progress, progress_of
from db.repositories.rejections import Reworks, reworks_of
from domain.derivatives import KnownMaster
from domain.routes import DERIVATIVES, REJECTIONS, Route
from tasks.descriptions import Description
from tasks.message_facts import about_campaign, about_origin
from tasks.telling import tell_moved

_UPLOAD_HOOK = "asset_upload_complete"


@dataclass(frozen=True, slots=True)
class Arrived:
    """A content that has become an asset of the DAM: of which master, from which path in Box, and how it is described.

    `score` is the one that the asset carries. `is_kept`: whether the file was left in Box; None where somebody has
    taken it out, or replaced it.
    """

    master: KnownMaster
    path: str
    description: Description
    score: str | None
    video: VideoFacts | None = None
    is_kept: bool | None = False


def tell_uploaded(
    session: Session, row: DerivativeAsset, arrived: Arrived, services: Services, *, is_rework: bool
) -> None:
    """Queue the mail, and the webhook where it is on, about a derivative that has arrived in the DAM."""
    master, description = arrived.master, arrived.description
    number = master.campaign_number
    key = f"{DERIVATIVES.workflow}/derivative-{row.id}/{row.box_file_version_id or row.box_sha1}"
    facts = {
        **about_origin(master, services),
        "file": _file(row, arrived.path),
        "master": {"name": master.name, "box_url": master.box_url},
        "score": {name: getattr(description.score, name) for name in ("value", "link", "source")},
        "video": _video(arrived.video),
        "warnings": list(description.warnings),
        "is_rework": is_rework,
        "kept_in_box": arrived.is_kept,
        "progress": _progress(progress_of(session, number)),
        "reworks": _reworks(reworks_of(session, number), services),
        "uploaded_at": (row.uploaded_at or datetime.now(UTC)).isoformat(),
    }
    template = DERIVATIVES.mail("file_uploaded")
    enqueue(
        session,
        key=f"{key}/mail",
        channel="mail",
        template=template,
        audience="success",
        payload=facts,
        campaign_number=number,
    )
    if services.hooks.named(_UPLOAD_HOOK).is_on:
        payload = {
            "tracking_id": row.tracking_id,
            "dam_asset_id": row.dam_asset_id,
            "filename": row.derivative_filename,
        }
        enqueue(
            session,
            key=f"{key}/webhook",
            channel="webhook",
            template=_UPLOAD_HOOK,
            audience=None,
            payload=payload | {"timestamp": facts["uploaded_at"]},
            campaign_number=number,
        )


def tell_home(session: Session, move: StatusMove, route: Route, services: Services) -> None:
    """Queue the webhook and the mail of a campaign that has moved on, its derivatives being home."""
    progress = progress_of(session, move.campaign_number)
    facts = _home_facts(move, progress, route, services) | {"reworked": _reworked(session, move)}
    tell_moved(session, move, route, assets=len(progress.derivatives), facts=facts)


def _home_facts(move: StatusMove, progress: Progress, route: Route, services: Services) -> dict[str, Any]:
    began = min((row.created_at for row in progress.derivatives), default=None)
    facts = about_campaign(move.campaign_number, move.campaign_name, route, services)
    names = {master.id: master.original_filename for master in progress.masters}
    return facts | {
        "from_status": move.from_status,
        "derivatives": [
            {
                "name": row.derivative_filename,
                "master": names[row.master_asset_id],
                "tracking_id": row.tracking_id,
                "size_bytes": row.file_size_bytes,
                "dam_asset_id": row.dam_asset_id,
                "score": row.creativex_score,
            }
            for row in progress.derivatives
        ],
        "masters_total": len(progress.masters),
        "forced": bool(move.detail.get("forced")),
        "missing": list(progress.waiting),
        "started_at": began.isoformat() if began is not None else None,
        "finished_at": (move.done_at or datetime.now(UTC)).isoformat(),
    }


def _file(row: DerivativeAsset, path: str) -> dict[str, Any]:
    return {
        "name": row.derivative_filename,
        "handed_in_name": row.handed_in_filename,
        "path": path,
        "tracking_id": row.tracking_id,
        "size_bytes": row.file_size_bytes,
        "dam_asset_id": row.dam_asset_id,
    }


def _video(video: VideoFacts | None) -> dict[str, Any] | None:
    if video is None:
        return None
    return {name: getattr(video, name) for name in ("width", "height", "duration_s", "codec", "frame_rate")}


def _reworks(reworks: Reworks, services: Services) -> dict[str, Any] | None:
    """Return how far the files are that went back to the agency; None where none did."""
    if not reworks.names:
        return None
    total, waiting = len(reworks.names), list(reworks.waiting)
    moves_to = DERIVATIVES.target if services.settings.rework_to_a3 else None
    return {"total": total, "done": total - len(waiting), "waiting": waiting, "moves_to": moves_to}


def _reworked(session: Session, move: StatusMove) -> list[str]:
    """Return the names of what went back to the agency, where the campaign comes from there."""
    if move.from_status != REJECTIONS.target:
        return []
    return list(reworks_of(session, move.campaign_number).names)


def _progress(progress: Progress) -> dict[str, Any]:
    waiting = list(progress.waiting)
    return {"masters_total": len(progress.masters), "masters_done": progress.masters_done, "waiting": waiting}
