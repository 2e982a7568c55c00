"""Masters that a person has retired: nothing is waited for of them, and nothing is taken in under their tracking id."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from sqlalchemy import any_, select, update
from sqlalchemy.orm import Session

from db.models import AssetEvent, MasterAsset
from db.parameters import texts
from db.repositories.events import record_event
from db.repositories.progress import progress_of, serialize_arrivals
from db.repositories.visits import forget_visit
from domain.routes import DERIVATIVES

MasterStatus = Literal["active", "retired"]
RETIRED: Final = "retired"
ACTIVE: Final = "active"
_EVENTS: dict[str, str] = {RETIRED: "master_retired", ACTIVE: "master_restored"}


@dataclass(frozen=True, slots=True)
class Retirement:
    """A retired master. All but its name is None where the audit trail does not tell: the row was changed by hand."""

    name: str
    at: datetime | None = None
    by: str | None = None
    reason: str | None = None


def master_in(session: Session, campaign_number: str, tracking_id: str) -> MasterAsset | None:
    """Return the campaign's master that carries `tracking_id` (case-sensitive), active or not, or None."""
    which = (MasterAsset.tracking_id == tracking_id) & (MasterAsset.local_campaign_id == campaign_number)
    return session.scalar(select(MasterAsset).where(which).execution_options(populate_existing=True))


def set_master_status(  # noqa: PLR0913  (of which, and who says why)
    session: Session, campaign_number: str, tracking_id: str, status: MasterStatus, *, by: str, reason: str
) -> bool:
    """Retire a master or make it active again, with an entry in the audit trail. False where it is so already.

    Where nothing else is waited for, the campaign counts as unsettled again: no file will arrive to have it looked at.
    """
    serialize_arrivals(session, campaign_number)  # of two who retire the last two masters one sees that none is left
    which = (MasterAsset.tracking_id == tracking_id) & (MasterAsset.local_campaign_id == campaign_number)
    change = update(MasterAsset).where(which, MasterAsset.status != status).values(status=status)
    name = session.scalar(change.returning(MasterAsset.original_filename))
    if name is None:
        return False
    if status == RETIRED and progress_of(session, campaign_number).is_complete:
        forget_visit(session, DERIVATIVES.workflow, campaign_number)
    record_event(
        session,
        tracking_id=tracking_id,
        event_type=_EVENTS[status],
        detail={"name": name, "by": by, "reason": reason},
        campaign_number=campaign_number,
    )
    return True


def retirements(session: Session, tracking_ids: Collection[str]) -> dict[str, Retirement]:
    """Return the retired masters that carry one of the tracking ids (case-sensitive), with when and why."""
    which = MasterAsset.tracking_id == any_(texts(tracking_ids))
    rows = session.execute(
        select(MasterAsset.tracking_id, MasterAsset.original_filename).where(which, MasterAsset.status != ACTIVE)
    )
    found = {tracking_id: Retirement(name) for tracking_id, name in rows.tuples()}
    if not found:
        return found
    events = session.scalars(
        select(AssetEvent)
        .where(AssetEvent.tracking_id == any_(texts(found)), AssetEvent.event_type == _EVENTS[RETIRED])
        .order_by(AssetEvent.id)  # so that the last one counts
    )
    for event in events:
        said = (event.detail.get("by"), event.detail.get("reason"))
        found[str(event.tracking_id)] = Retirement(str(event.detail.get("name")), event.event_timestamp, *said)
    return found
