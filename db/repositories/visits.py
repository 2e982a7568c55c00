"""When a workflow last looked at a campaign, and the status it last moved it to."""

from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from db.models import WorkflowState


def record_visit(session: Session, workflow: str, campaign_number: str, *, status: str) -> None:
    """Note that a workflow looks at a campaign now. `status` is kept where none is known: a search may be behind."""
    _record(session, workflow, campaign_number, status, "last_run_at")


def record_status(session: Session, workflow: str, campaign_number: str, *, status: str) -> None:
    """Note that a workflow has moved a campaign to `status` now."""
    _record(session, workflow, campaign_number, status, "last_run_at", "last_status")


def _record(session: Session, workflow: str, campaign_number: str, status: str, *renewed: str) -> None:
    row = {"workflow_name": workflow, "campaign_id": campaign_number, "last_status": status}
    write = insert(WorkflowState).values(**row, last_run_at=func.now())
    changes = {name: write.excluded[name] for name in renewed}
    session.execute(write.on_conflict_do_update(index_elements=["workflow_name", "campaign_id"], set_=changes))


def forget_visit(session: Session, workflow: str, campaign_number: str) -> None:
    """Forget that a workflow has looked at a campaign, so that it does once more."""
    session.execute(
        delete(WorkflowState).where(
            WorkflowState.workflow_name == workflow, WorkflowState.campaign_id == campaign_number
        )
    )


def last_visits(session: Session, workflow: str) -> dict[str, datetime]:
    """Return when the workflow last looked at each campaign, by campaign number."""
    rows = session.execute(
        select(WorkflowState.campaign_id, WorkflowState.last_run_at).where(WorkflowState.workflow_name == workflow)
    )
    return dict(rows.tuples().all())
