"""Planned status moves: written down before the DAM is asked, so that a killed run's move is finished by the next."""

from collections.abc import Mapping
from typing import Any, TypedDict, Unpack

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from db.models import StatusMove
from db.repositories.visits import record_status
from domain.errors import StoreError


class PlannedMove(TypedDict):
    """A move that is about to be made. `detail` must be JSON and hold what the messages about the move need."""

    campaign_number: str
    campaign_folder_id: str
    campaign_name: str
    workflow: str
    from_status: str
    to_status: str
    detail: Mapping[str, Any]


def plan_move(session: Session, **planned: Unpack[PlannedMove]) -> StatusMove:
    """Write down a move. A campaign has one open move: while there is one, that one is returned, as it was planned."""
    while True:
        session.execute(insert(StatusMove).values(**planned).on_conflict_do_nothing())
        # None when the move that stood in the way was closed in between.
        found = open_move(session, planned["campaign_number"])
        if found is not None:
            return found


def open_move(session: Session, campaign_number: str) -> StatusMove | None:
    """Return the campaign's planned move, or None."""
    return session.scalar(
        select(StatusMove).where(StatusMove.campaign_number == campaign_number, StatusMove.state == "planned")
    )


def open_moves(session: Session, workflow: str) -> list[StatusMove]:
    """Return a workflow's planned moves, oldest first."""
    return list(
        session.scalars(
            select(StatusMove)
            .where(StatusMove.workflow == workflow, StatusMove.state == "planned")
            .order_by(StatusMove.id)
        )
    )


def finish_move(session: Session, move_id: int) -> bool:
    """Note that the DAM shows the new status. False when the move was closed before: its messages are out already."""
    move = _close(session, move_id, "done")
    if move is None:
        return False
    record_status(session, move.workflow, move.campaign_number, status=move.to_status)
    return True


def mark_overtaken(session: Session, move_id: int) -> bool:
    """Note that somebody else moved the campaign meanwhile. False when the move was closed before."""
    return _close(session, move_id, "overtaken") is not None


def _close(session: Session, move_id: int, state: str) -> StatusMove | None:
    closed = session.scalar(
        update(StatusMove)
        .where(StatusMove.id == move_id, StatusMove.state == "planned")
        .values(state=state, done_at=func.now())
        .returning(StatusMove)
        .execution_options(populate_existing=True)
    )
    if closed is None and session.get(StatusMove, move_id) is None:
        raise StoreError(f"There is no planned move with id {move_id}")
    return closed
