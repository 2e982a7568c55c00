"""Files that were refused, by the name under which they were handed in: the audit trail is all that knows of them."""

import unicodedata
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, literal_column, select
from sqlalchemy.orm import Session

from db.models import AssetEvent
from db.repositories.events import NEWEST_FIRST

# As the index has it, without parameters: a plan for whatever they may be could not use it.
_IS_ONE = AssetEvent.event_type == literal_column("'file_refused'")
_CALLED = func.lower(AssetEvent.detail.op("->>")(literal_column("'name'")))


@dataclass(frozen=True, slots=True)
class Refusal:
    """A file that was not taken in, when, and why."""

    name: str
    at: datetime
    reason: str


def refusals_called(session: Session, name: str, limit: int) -> list[Refusal]:
    """Return how often files of this name, in whatever case, were refused, the newest first."""
    forms = [unicodedata.normalize(form, name) for form in ("NFC", "NFD")]  # Box keeps what macOS hands in
    either = [func.lower(form) for form in forms]
    rows = session.execute(
        select(AssetEvent.detail, AssetEvent.event_timestamp)
        .where(_IS_ONE, _CALLED.in_(either))
        .order_by(*NEWEST_FIRST)
        .limit(limit)
    )
    return [_refusal(str(detail["name"]), at, str(detail.get("reason") or "")) for detail, at in rows.tuples()]


def _refusal(name: str, at: datetime, reason: str) -> Refusal:
    return Refusal(name, at, reason.removeprefix(f"{name}: "))
