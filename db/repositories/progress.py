"""How far campaigns have come: which masters have a derivative in the DAM, and what is still on its way."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy.orm import Session

from db.models import DerivativeAsset, MasterAsset, WorkflowState
from db.repositories.masters import masters_of


@dataclass(frozen=True, slots=True)
class Progress:
    """One campaign. `waiting` names the active masters without a derivative, `open` the derivatives not yet arrived."""

    campaign_number: str
    masters: tuple[MasterAsset, ...]
    derivatives: tuple[DerivativeAsset, ...]
    """Those that have arrived, oldest first."""
    waiting: tuple[str, ...]
    open: tuple[str, ...]

    @property
    def is_complete(self) -> bool:
        """Whether every master has come back, and nothing else is to be waited for."""
        return bool(self.masters) and not self.waiting and not self.open

    @property
    def masters_done(self) -> int:
        """How many masters have at least one derivative in the DAM."""
        return len(self.masters) - len(self.waiting)


def serialize_arrivals(session: Session, campaign_number: str) -> None:
    """Let one derivative of a campaign arrive after the other, until this transaction ends: each then counts right."""
    session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"arrivals/{campaign_number}", 0))))


def progress_of(session: Session, campaign_number: str) -> Progress:
    """Return how far a campaign is."""
    masters = masters_of(session, campaign_number)
    rows = derivatives_of(session, campaign_number)
    arrived = tuple(row for row in rows if row.upload_status == "completed")
    done = {row.master_asset_id for row in arrived}
    return Progress(
        campaign_number,
        tuple(masters),
        arrived,
        waiting=tuple(master.original_filename for master in masters if master.id not in done),
        open=tuple(row.derivative_filename for row in rows if row.upload_status in ("pending", "failed")),
    )


def derivatives_of(session: Session, campaign_number: str) -> list[DerivativeAsset]:
    """Return the derivatives of a campaign's active masters, oldest first."""
    return _made_of(session, campaign_number, MasterAsset.status == "active")


def derivatives_of_retired(session: Session, campaign_number: str) -> list[DerivativeAsset]:
    """Return the derivatives of a campaign's masters that are active no more, oldest first."""
    return _made_of(session, campaign_number, MasterAsset.status != "active")


def _made_of(session: Session, campaign_number: str, is_meant: ColumnElement[bool]) -> list[DerivativeAsset]:
    return list(
        session.scalars(
            select(DerivativeAsset)
            .join(MasterAsset, MasterAsset.id == DerivativeAsset.master_asset_id)
            .where(MasterAsset.local_campaign_id == campaign_number, is_meant)
            .order_by(DerivativeAsset.id)
        )
    )


def counts_by_campaign(session: Session) -> dict[str, tuple[int, int]]:
    """Return how many active masters each campaign has, and how many of their derivatives have arrived, by number."""
    arrived = DerivativeAsset.upload_status == "completed"
    rows = session.execute(
        select(
            MasterAsset.local_campaign_id,
            func.count(MasterAsset.id.distinct()),
            func.count(DerivativeAsset.id).filter(arrived),
        )
        .outerjoin(DerivativeAsset, DerivativeAsset.master_asset_id == MasterAsset.id)
        .where(MasterAsset.status == "active")
        .group_by(MasterAsset.local_campaign_id)
    )
    return {number: (masters, derivatives) for number, masters, derivatives in rows.tuples()}


def others_open(session: Session, campaign_number: str, master_id: int) -> tuple[int, int]:
    """Return how many of the campaign's other active masters are not in Box, and how many are not complete.

    Complete is a master that has a derivative in the DAM and none that is pending or failed.
    """
    own = DerivativeAsset.master_asset_id == MasterAsset.id
    is_home = exists().where(own, DerivativeAsset.upload_status == "completed")
    is_open = exists().where(own, DerivativeAsset.upload_status.in_(("pending", "failed")))
    undelivered, unfinished = session.execute(
        select(
            func.count().filter(MasterAsset.delivery_status != "delivered"), func.count().filter(~is_home | is_open)
        ).where(
            MasterAsset.local_campaign_id == campaign_number,
            MasterAsset.status == "active",
            MasterAsset.id != master_id,
        )
    ).one()
    return undelivered, unfinished


def unsettled_campaigns(session: Session, workflow: str) -> list[str]:
    """Return the campaigns in which a derivative has arrived since the workflow last settled them, by number.

    Settled means that it moved the campaign, or found that there was nothing to move.
    """
    settled = WorkflowState.last_run_at
    return list(
        session.scalars(
            select(MasterAsset.local_campaign_id)
            .join(DerivativeAsset, DerivativeAsset.master_asset_id == MasterAsset.id)
            .outerjoin(
                WorkflowState,
                (WorkflowState.workflow_name == workflow)
                & (WorkflowState.campaign_id == MasterAsset.local_campaign_id),
            )
            .where(
                MasterAsset.status == "active",
                DerivativeAsset.upload_status == "completed",
                or_(settled.is_(None), DerivativeAsset.uploaded_at > settled),
            )
            .distinct()
            .order_by(MasterAsset.local_campaign_id)
        )
    )
