"""Rejected assets: per asset a history of rejections, of which the newest counts."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypedDict, Unpack

from sqlalchemy import ColumnElement, exists, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from db.models import MasterAsset, RejectedAsset, StatusMove
from db.repositories.events import About
from db.repositories.masters import NO_FAILURE, BoxArrival, Failed, failure_values
from domain.errors import StoreError
from domain.routes import REJECTIONS

_IS_CURRENT = RejectedAsset.superseded_at.is_(None)
OF_ACTIVE_MASTER = (MasterAsset.id == RejectedAsset.master_asset_id) & (MasterAsset.status == "active")
"""To join masters with their rejections: the rework of a retired one would be refused."""


class NewRejection(TypedDict):
    """A rejection; every key is a column of `rejected_assets`."""

    campaign_number: str
    opentext_id: str
    tracking_id: str
    master_asset_id: int
    derivative_asset_id: int | None
    original_filename: str
    asset_path: str
    file_size_bytes: int | None
    content_md5: str | None
    digest: str
    approval_status: str
    verdicts: Sequence[dict[str, Any]]


def current_rejections(session: Session, campaign_number: str) -> dict[str, RejectedAsset]:
    """Return the rejection that counts of each asset of a campaign, by asset id, oldest first."""
    rows = session.scalars(select(RejectedAsset).where(_is_of(campaign_number)).order_by(RejectedAsset.id))
    return {row.opentext_id: row for row in rows}


def current_rejection(session: Session, campaign_number: str, opentext_id: str) -> RejectedAsset | None:
    """Return the rejection that counts of one asset, or None."""
    which = _is_of(campaign_number) & (RejectedAsset.opentext_id == opentext_id)
    return session.scalar(select(RejectedAsset).where(which).execution_options(populate_existing=True))


def rejections_under(session: Session, tracking_id: str) -> list[RejectedAsset]:
    """Return every rejection under a tracking id (case-sensitive), superseded ones too, oldest first."""
    under = RejectedAsset.tracking_id == tracking_id
    return list(session.scalars(select(RejectedAsset).where(under).order_by(RejectedAsset.id)))


def begin_rejection(session: Session, **rejection: Unpack[NewRejection]) -> RejectedAsset:
    """Return the rejection as it is known, or write it down; another one of the same asset is superseded by it."""
    which = _is_of(rejection["campaign_number"]) & (RejectedAsset.opentext_id == rejection["opentext_id"])
    other = which & (RejectedAsset.digest != rejection["digest"])
    session.execute(update(RejectedAsset).where(other).values(superseded_at=func.now()))
    session.execute(insert(RejectedAsset).values(**rejection).on_conflict_do_nothing())
    return session.scalars(select(RejectedAsset).where(which).execution_options(populate_existing=True)).one()


def record_fetched(session: Session, rejection_id: int, **arrival: Unpack[BoxArrival]) -> RejectedAsset:
    """Note where a rejected asset has arrived. Raises StoreError when there is no such row."""
    values = {**arrival, "delivered_at": func.now(), **NO_FAILURE}
    changed = session.scalar(
        update(RejectedAsset)
        .where(RejectedAsset.id == rejection_id)
        .values(values)
        .returning(RejectedAsset)
        .execution_options(populate_existing=True)
    )
    if changed is None:
        raise StoreError(f"There is no rejection with id {rejection_id}")
    return changed


def record_not_fetched(session: Session, rejection_id: int, error: str, **failed: Unpack[Failed]) -> None:
    """Note why a rejected asset did not arrive, and how long it rests."""
    which = RejectedAsset.id == rejection_id
    session.execute(update(RejectedAsset).where(which).values(failure_values(error, **failed)))


def record_returned(
    session: Session, *, tracking_id: str, derivative_asset_id: int, dam_asset_id: str
) -> list[RejectedAsset]:
    """Note that what was made of a rejected asset has come home as another asset; return the rejections answered.

    Those of the derivative itself, and those of the master of this tracking id, which any of its derivatives answers.
    """
    of_it = or_(
        RejectedAsset.derivative_asset_id == derivative_asset_id,
        RejectedAsset.derivative_asset_id.is_(None) & (RejectedAsset.tracking_id == tracking_id),
    )
    answered = session.scalars(
        update(RejectedAsset)
        .where(of_it, _IS_CURRENT, RejectedAsset.returned_at.is_(None), RejectedAsset.opentext_id != dam_asset_id)
        .values(returned_at=func.now())
        .returning(RejectedAsset)
        .execution_options(populate_existing=True)
    )
    return list(answered)


@dataclass(frozen=True, slots=True)
class Reworks:
    """How far the rejected assets of a campaign's last round are; names as in the DAM, oldest first."""

    names: tuple[str, ...]
    waiting: tuple[str, ...]

    @property
    def are_back(self) -> bool:
        """Whether there were any, and all have come home."""
        return bool(self.names) and not self.waiting


def reworks_of(session: Session, campaign_number: str) -> Reworks:
    """Return what of the campaign's last round has arrived in Box: there it waits for the agency."""
    last = rejections_of_last_round(session, campaign_number=campaign_number)
    rows = [row for row in last if row.delivered_at is not None]
    waiting = tuple(row.original_filename for row in rows if row.returned_at is None)
    return Reworks(tuple(row.original_filename for row in rows), waiting)


def rejections_of_last_round(session: Session, **about: Unpack[About]) -> list[RejectedAsset]:
    """Return the rejections of a campaign, or under a tracking id, that somebody waits for or waited for, oldest first.

    What was made of a master that is retired is left out: its rework would be refused.
    """
    wanted = select(RejectedAsset).filter_by(**about).join(MasterAsset, OF_ACTIVE_MASTER).where(is_of_last_round())
    return list(session.scalars(wanted.order_by(RejectedAsset.id)))


def stranded_by_campaign(session: Session) -> dict[str, int]:
    """Return how many rejected assets of the last round could not go back to the agency yet, by campaign number."""
    rows = session.execute(
        select(RejectedAsset.campaign_number, func.count())
        .join(MasterAsset, OF_ACTIVE_MASTER)
        .where(RejectedAsset.delivered_at.is_(None), RejectedAsset.last_error.is_not(None), is_of_last_round())
        .group_by(RejectedAsset.campaign_number)
    )
    return dict(rows.tuples().all())


def is_of_last_round() -> ColumnElement[bool]:
    """Return the condition that a rejection counts, and its campaign's last move to rework took it along.

    What was rejected before, and is no longer, is left out. What was written down after that move is of a round that
    still goes out; before the first move, everything is.
    """
    last = (
        select(StatusMove.id)
        .where(StatusMove.campaign_number == RejectedAsset.campaign_number)
        .where(StatusMove.workflow == REJECTIONS.workflow, StatusMove.state != "overtaken")
        .order_by(StatusMove.planned_at.desc(), StatusMove.id.desc())
        .limit(1)
        .correlate(RejectedAsset)
        .scalar_subquery()
    )
    left_it_out = exists().where(
        StatusMove.id == last,
        StatusMove.planned_at >= RejectedAsset.created_at,
        ~func.jsonb_exists(StatusMove.detail["asset_ids"], RejectedAsset.opentext_id),
    )
    return _IS_CURRENT & ~left_it_out


def _is_of(campaign_number: str) -> ColumnElement[bool]:
    return (RejectedAsset.campaign_number == campaign_number) & _IS_CURRENT
