"""Lookup domains of the DAM, kept so that every run does not ask for them again."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from db.models import LookupDomain


def kept_values(session: Session, domain_id: str, *, since: datetime) -> list[str] | None:
    """Return the ids of the domain's values, or None when they were not read since then."""
    found = session.get(LookupDomain, domain_id, populate_existing=True)
    return found.value_ids if found is not None and found.read_at >= since else None


def keep_values(session: Session, domain_id: str, value_ids: Sequence[str], read_at: datetime) -> None:
    """Keep what the DAM has answered."""
    row = {"domain_id": domain_id, "value_ids": list(value_ids), "read_at": read_at}
    write = insert(LookupDomain).values(row)
    changes = {"value_ids": write.excluded.value_ids, "read_at": write.excluded.read_at}
    session.execute(write.on_conflict_do_update(index_elements=["domain_id"], set_=changes))
