"""What runs have come to: one row a run, written at its end."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, TypedDict, Unpack

from sqlalchemy import any_, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from db.models import RunSummary
from db.parameters import texts


class NewSummary(TypedDict):
    """What a run has come to; every key is a column of `run_summaries`."""

    run_id: str
    workflow: str
    started_at: datetime
    in_trouble: bool
    headline: str
    counts: Mapping[str, Any]


def keep_summary(session: Session, **summary: Unpack[NewSummary]) -> None:
    """Write down what a run has come to; of one that is run again under its id, what it came to last counts."""
    write = insert(RunSummary).values(**summary, ended_at=func.clock_timestamp())
    changes = {name: write.excluded[name] for name in (*summary.keys(), "ended_at") if name != "run_id"}
    session.execute(write.on_conflict_do_update(index_elements=["run_id"], set_=changes))


def summaries_between(session: Session, since: datetime, until: datetime) -> list[RunSummary]:
    """Return the summaries of the runs that ended from `since` on and before `until`, in the order they ended."""
    ended = (RunSummary.ended_at >= since) & (RunSummary.ended_at < until)
    return list(session.scalars(select(RunSummary).where(ended).order_by(RunSummary.ended_at, RunSummary.run_id)))


def without_summary(session: Session, run_ids: Collection[str]) -> set[str]:
    """Return those of the runs that have left no summary."""
    known = session.scalars(select(RunSummary.run_id).where(RunSummary.run_id == any_(texts(run_ids))))
    return set(run_ids) - set(known)
