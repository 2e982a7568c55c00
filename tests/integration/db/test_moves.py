"""Planned status moves: one open move per campaign, closed once."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from db.engine import Store
from db.models import StatusMove, WorkflowState
from db.repositories.moves import finish_move, mark_overtaken, open_move, open_moves, plan_move
from domain.errors import StoreError


def plan(session: Session, campaign: str = "C1", to_status: str = "A2") -> StatusMove:
    return plan_move(
        session,
        campaign_number=campaign,
        campaign_folder_id="f1",
        campaign_name="Spring",
        workflow="a1-to-a2",
        from_status="A1",
        to_status=to_status,
        detail={"assets": ["a.mp4"]},
    )


def test_a_second_plan_returns_the_open_move_as_it_was_planned(session: Session):
    first, second = plan(session), plan(session, to_status="A3")

    assert second.id == first.id
    assert (second.to_status, second.detail) == ("A2", {"assets": ["a.mp4"]})


def test_runs_that_plan_at_once_plan_one_move(store: Store, threads: ThreadPoolExecutor):
    def planned(_: int) -> int:
        with store.transaction() as session:
            return plan(session).id

    assert len(set(threads.map(planned, range(16)))) == 1


def test_open_moves_are_those_of_the_workflow_oldest_first(session: Session):
    one, two, done = plan(session, "C1"), plan(session, "C2"), plan(session, "C3")
    finish_move(session, done.id)

    assert open_moves(session, "a1-to-a2") == [one, two]
    assert open_moves(session, "b1-to-b2") == []


def test_a_move_is_finished_once_and_the_workflows_state_says_so(session: Session):
    move = plan(session)

    assert finish_move(session, move.id) is True
    assert finish_move(session, move.id) is False
    assert (move.state, move.done_at is not None) == ("done", True)
    state = session.scalars(select(WorkflowState)).one()
    assert (state.workflow_name, state.campaign_id, state.last_status) == ("a1-to-a2", "C1", "A2")


def test_runs_that_finish_a_move_at_once_finish_it_once(store: Store, threads: ThreadPoolExecutor):
    with store.transaction() as session:
        move_id = plan(session).id

    def finished(_: int) -> bool:
        with store.transaction() as session:
            return finish_move(session, move_id)

    assert sum(threads.map(finished, range(8))) == 1


def test_an_overtaken_move_is_closed_and_a_new_one_can_be_planned(session: Session):
    move = plan(session)

    assert mark_overtaken(session, move.id) is True
    assert mark_overtaken(session, move.id) is False
    assert finish_move(session, move.id) is False
    assert open_move(session, "C1") is None
    assert plan(session).id != move.id


def test_a_move_that_is_not_there_is_an_error(session: Session):
    with pytest.raises(StoreError, match="no planned move with id 99"):
        finish_move(session, 99)
