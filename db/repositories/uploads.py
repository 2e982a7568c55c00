"""Unfinished uploads: the vendor's session, and the receipt of each part that arrived."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, func, select, update
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.orm import Session

from db.models import UploadSession


def load(session: Session, key: str) -> UploadSession | None:
    """Return the unfinished upload, or None."""
    return session.get(UploadSession, key, populate_existing=True)


def save(session: Session, key: str, upload: Mapping[str, Any]) -> None:
    """Start an upload's record, or start it over with a new session and no parts. `upload` must be JSON."""
    write = insert(UploadSession).values(key=key, session=dict(upload), parts=[])
    session.execute(
        write.on_conflict_do_update(
            index_elements=["key"],
            set_={"session": write.excluded.session, "parts": write.excluded.parts, "created_at": func.now()},
        )
    )


def add_part(session: Session, key: str, part: Mapping[str, Any]) -> None:
    """Add a part's receipt, once. Does nothing when the upload was forgotten meanwhile. `part` must be JSON."""
    receipt = bindparam("receipt", [dict(part)], JSONB)
    session.execute(
        update(UploadSession)
        .where(UploadSession.key == key, ~UploadSession.parts.contains(receipt))
        .values(parts=UploadSession.parts.op("||")(receipt))
        .execution_options(synchronize_session=False)
    )


def forget(session: Session, key: str) -> None:
    """Remove an upload that is finished or given up."""
    session.execute(delete(UploadSession).where(UploadSession.key == key))


def stale(session: Session, older_than: datetime) -> list[UploadSession]:
    """Return the uploads that nothing was added to since `older_than`, oldest first."""
    return list(
        session.scalars(
            select(UploadSession).where(UploadSession.updated_at < older_than).order_by(UploadSession.updated_at)
        )
    )
