"""What is written down and told when a content has become an asset of the DAM, by whatever way that was found out.

All of it in the transaction of the receipt, so that no message is lost and none is told twice.
"""

from dataclasses import dataclass, replace

from prefect.runtime import flow_run
from sqlalchemy.orm import Session

from blocks.services import Services
from db.models import DerivativeAsset
from db.repositories.derivatives import ArrivalFacts, record_arrived
from db.repositories.events import record_event
from db.repositories.progress import serialize_arrivals
from db.repositories.rejections import record_returned
from tasks.descriptions import as_it_is_in_dam
from tasks.scores import newest_score
from tasks.telling_home import Arrived, tell_uploaded
from tasks.trouble import Trouble


@dataclass(frozen=True, slots=True)
class Arrival:
    """The asset that a content has become in the DAM. `adopted`: it was there already, and nothing was sent."""

    asset_id: str
    md5: str
    adopted: bool = False


def note_arrival(
    session: Session, row: DerivativeAsset, arrival: Arrival, arrived: Arrived, services: Services
) -> None:
    """Write down which asset a content has become and which rejections that answers, and queue the messages about it.

    `row` is what the database said of it before. The caller has checked that its lease is still its own.
    """
    number, is_rework = arrived.master.campaign_number, row.dam_asset_id is not None
    serialize_arrivals(session, number)
    done = record_arrived(session, row.id, arrival.asset_id, **_facts(arrival, arrived))
    detail = {"dam_asset_id": arrival.asset_id, "adopted": arrival.adopted, "rework": is_rework}
    record_about(session, done, number, "derivative_uploaded", **detail)
    for answered in record_returned(
        session, tracking_id=done.tracking_id, derivative_asset_id=done.id, dam_asset_id=arrival.asset_id
    ):
        detail = {"dam_asset_id": arrival.asset_id, "rejected": answered.opentext_id}
        record_about(session, done, number, "rework_returned", **detail)
    Trouble.of_file(session, done.box_file_id or "", None).clear()
    newest = newest_score(session, done.derivative_filename) or arrived.description.score.value
    told = as_it_is_in_dam(arrived.description, arrived.score, newest)
    tell_uploaded(session, done, replace(arrived, description=told), services, is_rework=is_rework)


def _facts(arrival: Arrival, arrived: Arrived) -> ArrivalFacts:
    """Return what the row says from now on: nothing of the film before it, where nobody could look into this one."""
    video = arrived.video
    return {
        "content_md5": arrival.md5,
        "creativex_score": arrived.score,
        "width": video.width if video is not None else None,
        "height": video.height if video is not None else None,
        "duration_s": video.duration_s if video is not None else None,
        "video_codec": video.codec if video is not None else None,
        "frame_rate": video.frame_rate if video is not None else None,
    }


def record_about(session: Session, row: DerivativeAsset, number: str, event_type: str, **detail: object) -> None:
    """Write down what has happened to a derivative of the campaign with this number."""
    record_event(
        session,
        tracking_id=row.tracking_id,
        event_type=event_type,
        detail={"name": row.derivative_filename, **detail},
        campaign_number=number,
        run_id=flow_run.id,
    )
