"""Table about runs: what each has found and done, which nothing else in the database says afterwards."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import Base


class RunSummary(Base):
    """What one run that went through has come to; dry runs leave none. `counts`: see domain.daily.run_counts."""

    __tablename__ = "run_summaries"
    __table_args__ = (Index(None, "ended_at"),)

    run_id: Mapped[str] = mapped_column(primary_key=True)
    """Id of the flow run in Prefect."""
    workflow: Mapped[str]
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime]
    in_trouble: Mapped[bool]
    """Whether something was left to do after it."""
    headline: Mapped[str]
    counts: Mapped[dict[str, Any]]
