"""When a workflow last looked at a campaign."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import WorkflowState
from db.repositories.visits import last_visits, record_status, record_visit


def status_of(session: Session) -> str | None:
    return session.scalar(select(WorkflowState.last_status).where(WorkflowState.campaign_id == "C000000078"))


def test_a_visit_is_remembered_by_campaign(session: Session):
    record_visit(session, "a1-to-a2", "C000000078", status="A1")
    assert list(last_visits(session, "a1-to-a2")) == ["C000000078"]
    assert last_visits(session, "b1-to-b2") == {}


def test_a_visit_that_believes_a_late_search_does_not_undo_a_move(session: Session):
    record_visit(session, "a1-to-a2", "C000000078", status="A1")
    record_status(session, "a1-to-a2", "C000000078", status="A2")
    record_visit(session, "a1-to-a2", "C000000078", status="A1")
    assert status_of(session) == "A2"
