"""When a workflow last looked at a campaign, and the status it saw."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from db.models import WorkflowState


def record_visit(session: Session, workflow: str, campaign_number: str, *, status: str) -> None:
    """Note that a workflow looks at a campaign now and finds it in `status`."""
    seen = {"workflow_name": workflow, "campaign_id": campaign_number, "last_status": status}
    write = insert(WorkflowState).values(**seen, last_run_at=func.now())
    session.execute(
        write.on_conflict_do_update(
            index_elements=["workflow_name", "campaign_id"],
            set_={"last_status": write.excluded.last_status, "last_run_at": write.excluded.last_run_at},
        )
    )


def last_visits(session: Session, workflow: str) -> dict[str, datetime]:
    """Return when the workflow last looked at each campaign, by campaign number."""
    rows = session.execute(
        select(WorkflowState.campaign_id, WorkflowState.last_run_at).where(WorkflowState.workflow_name == workflow)
    )
    return dict(rows.tuples().all())
