"""Derivatives for the database tests: contents that are handed in, and what becomes of them."""

import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from db.models import DerivativeAsset, MasterAsset
from db.repositories import derivatives
from db.repositories.derivatives import Content, NewDerivative

NAME = "RAF_DE_de_TEST_OLV_001_6S_16x9.mp4"
HOUR = timedelta(hours=1)

MakeRow = Callable[..., DerivativeAsset]


def sha1(what: str) -> str:
    """The checksum of a content."""
    return hashlib.sha1(what.encode()).hexdigest()


def content(what: str, file_id: str = "77", handed_in_at: datetime | None = None) -> Content:
    """What an agency handed in: contents of different names differ in checksum and version."""
    return {
        "box_file_id": file_id,
        "box_file_version_id": f"version of {what}",
        "handed_in_filename": f"1234567_{NAME}",
        "handed_in_at": handed_in_at,
        "box_sha1": sha1(what),
        "file_size_bytes": len(what),
    }


def new(master: MasterAsset, what: str = "first", *, name: str = NAME, **more: Any) -> NewDerivative:
    """A derivative of the master that was never heard of."""
    return {
        **content(what, **more),
        "tracking_id": master.tracking_id,
        "master_asset_id": master.id,
        "derivative_filename": name,
        "file_extension": ".mp4",
    }


def begun(session: Session, row: DerivativeAsset, what: str = "first", **more: Any) -> DerivativeAsset:
    """Take up a content of the derivative."""
    return derivatives.begin(session, row.tracking_id, row.derivative_filename, **content(what, **more))


def fail(
    session: Session, row: DerivativeAsset, what: str = "first", error: str = "no", rest: timedelta = HOUR
) -> None:
    """Note a failure of a content of the derivative."""
    derivatives.record_failed(session, (row.tracking_id, row.derivative_filename), sha1(what), error, rest)


def facts_of(session: Session, row: DerivativeAsset) -> dict[str, Any]:
    """Everything that the database says of the derivative now."""
    session.refresh(row)
    return {column.key: getattr(row, column.key) for column in DerivativeAsset.__table__.columns}


def what_was_sent(row: DerivativeAsset) -> tuple[str | None, bool, str | None]:
    """The MD5 of what was sent, whether it is open what came of it, and the DAM's job."""
    return row.content_md5, row.sent_at is not None, row.import_job_id


def touched(session: Session, row: DerivativeAsset, **times: datetime) -> None:
    """Let something of the derivative have happened at another time."""
    session.execute(update(DerivativeAsset).where(DerivativeAsset.id == row.id).values(times))


def now(session: Session) -> datetime:
    """The time of this transaction."""
    return session.scalars(select(func.now())).one()
