"""Facts about assets and campaigns in plain words, the same in the terminal and on the status pages."""

from collections.abc import Mapping
from typing import Any

from clients.mail.wording import size
from db.models import CreativexScore, DerivativeAsset, MasterAsset, RejectedAsset
from db.repositories.troubles import Stuck
from domain.waiting import moment


def stands(row: DerivativeAsset) -> str:
    """Return where a derivative is."""
    match row.upload_status:
        case "completed":
            return "in the DAM"
        case "failed":
            return f"in Box; failed: {row.last_error}"
        case "withdrawn":
            return "taken back by whoever handed it in"
        case _:
            return "on its way to the DAM"


def came_of(row: DerivativeAsset) -> str:
    """Return what is known of a derivative besides: its asset in the DAM, the score that went along, the film."""
    home = f"asset {row.dam_asset_id}" if row.dam_asset_id is not None else ""
    return ", ".join(part for part in (home, score_along(row), film(row), size(row.file_size_bytes)) if part)


def score_along(row: DerivativeAsset) -> str:
    """Return the score that went along into the DAM, empty while nothing has arrived there."""
    if row.dam_asset_id is None:
        return ""
    return f"score {row.creativex_score}" if row.creativex_score is not None else "without a score"


def film(row: DerivativeAsset) -> str:
    """Return what was measured of a film, empty where it is none.

    >>> film(DerivativeAsset(width=1920, height=1080, duration_s=6.04, video_codec="h264", frame_rate=25.0))
    '1920×1080, 6 s, h264, 25 frames/s'
    """
    facts = (
        f"{row.width}×{row.height}" if row.width and row.height else "",
        f"{round(row.duration_s, 1):g} s" if row.duration_s is not None else "",
        row.video_codec or "",
        f"{round(row.frame_rate, 3):g} frames/s" if row.frame_rate is not None else "",
    )
    return ", ".join(fact for fact in facts if fact)


def tried_again(row: DerivativeAsset) -> str:
    """Return when a derivative that failed is tried again, empty for others."""
    if row.upload_status != "failed":
        return ""
    return f"from {moment(row.next_attempt_at)}" if row.next_attempt_at is not None else "by the next run"


def delivery(row: MasterAsset) -> str:
    """Return where a master is on its way to Box."""
    if row.delivered_at is not None:
        return f"in Box since {moment(row.delivered_at)}"
    return f"not in Box: {row.last_error}" if row.last_error else "on its way to Box"


def score_state(row: CreativexScore) -> str:
    """Return what a score counts for."""
    return "in the DAM, of the master" if row.status == "master-cx-score" else row.status


def score_value(row: CreativexScore) -> str:
    """Return the score as it is shown."""
    return f"{row.quality_score:f}" if row.quality_score is not None else ""


def cannot_go_on(stuck: Stuck) -> str:
    """Return that a workflow cannot work on a campaign, since when, and why as far as that is known."""
    reason = f": {' '.join(stuck.reason.split())}" if stuck.reason else ""
    return f"{stuck.workflow} cannot work on it since {moment(stuck.since)}{reason}"


def said(verdict: Mapping[str, Any]) -> str:
    """Return what one reviewer said.

    >>> said({"reviewer": "Legal", "comment": "No claim.", "certifier": "A. Example", "date": "2026-03-01"})
    'Legal (A. Example, 2026-03-01): No claim.'
    """
    about = ", ".join(text for name in ("certifier", "date") if (text := verdict.get(name)))
    who = f"{verdict.get('reviewer', '?')} ({about})" if about else str(verdict.get("reviewer", "?"))
    return f"{who}: {verdict.get('comment') or 'no comment'}"


def sent_back(row: RejectedAsset) -> str:
    """Return where a rejected asset is."""
    if row.returned_at is not None:
        return "reworked, and home again"
    if row.delivered_at is not None:
        return "with the agency, to be reworked"
    return "on its way back" + (f", which failed: {row.last_error}" if row.last_error else "")
