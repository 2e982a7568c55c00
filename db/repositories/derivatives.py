"""Derivatives: each is one row by tracking id and name in the DAM, whatever content is handed in under it."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, TypedDict, Unpack

from sqlalchemy import ColumnElement, all_, any_, case, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from db.models import DerivativeAsset
from db.parameters import texts
from domain.errors import StoreError

Key = tuple[str, str]
"""Tracking id and name in the DAM."""

_IS_OPEN = DerivativeAsset.upload_status.in_(("pending", "failed"))
_ROWS_AT_ONCE = 1000
_NOTHING_SENT: dict[str, Any] = {"sent_at": None, "import_job_id": None}


class Content(TypedDict):
    """What an agency handed in; every key is a column of `derivative_assets`."""

    box_file_id: str
    box_file_version_id: str | None
    handed_in_filename: str
    handed_in_at: datetime | None
    box_sha1: str
    file_size_bytes: int


class ArrivalFacts(TypedDict, total=False):
    """What is known of a derivative once it is in the DAM; every key is a column of `derivative_assets`."""

    content_md5: str
    creativex_score: str | None
    width: int | None
    height: int | None
    duration_s: float | None
    video_codec: str | None
    frame_rate: float | None


class NewDerivative(Content):
    """A derivative that was never heard of before."""

    tracking_id: str
    master_asset_id: int
    derivative_filename: str
    file_extension: str


def expect(session: Session, rows: Sequence[NewDerivative]) -> None:
    """Write down derivatives that are about to be taken up, so that nobody takes their campaigns for complete.

    One that has arrived, or was taken back, is pending again if it is other content. Of an open one the time is noted,
    so that no run which looked before takes the other content for taken back. Content that was handed in before that
    which has arrived changes nothing. Of two rows about one the first counts.
    """
    firsts = list({(row["tracking_id"], row["derivative_filename"]): row for row in reversed(rows)}.values())[::-1]
    for start in range(0, len(firsts), _ROWS_AT_ONCE):
        write = insert(DerivativeAsset).values(firsts[start : start + _ROWS_AT_ONCE])
        file_id = case((_IS_OPEN, DerivativeAsset.box_file_id), else_=write.excluded.box_file_id)
        status = case((_IS_OPEN, DerivativeAsset.upload_status), else_="pending")
        is_other = DerivativeAsset.box_sha1.is_distinct_from(write.excluded.box_sha1)
        is_older = func.coalesce(write.excluded.handed_in_at < DerivativeAsset.dam_handed_in_at, False)
        session.execute(
            write.on_conflict_do_update(
                index_elements=["tracking_id", "derivative_filename"],
                set_={"upload_status": status, "box_file_id": file_id, "last_attempt_at": func.now()},
                where=is_other & ~is_older,
            )
        )


def derivative(session: Session, tracking_id: str, filename: str) -> DerivativeAsset | None:
    """Return the derivative of that tracking id (case-sensitive) and name in the DAM, or None."""
    return session.scalar(select(DerivativeAsset).where(_has_key(tracking_id, filename)))


def derivatives_by_key(session: Session, keys: Collection[Key]) -> dict[Key, DerivativeAsset]:
    """Return the derivatives that have one of the keys."""
    ids = sorted({tracking_id for tracking_id, _ in keys})
    rows = session.scalars(select(DerivativeAsset).where(DerivativeAsset.tracking_id == any_(texts(ids))))
    found = {(row.tracking_id, row.derivative_filename): row for row in rows}
    return {key: found[key] for key in keys if key in found}


def derivatives_called(session: Session, name: str) -> list[DerivativeAsset]:
    """Return the derivatives whose names begin with this one, in whatever case, oldest first."""
    # Of Greek and Turkish names Python's lower case is not the database's.
    begins = func.starts_with(func.lower(DerivativeAsset.derivative_filename), func.lower(name))
    return list(session.scalars(select(DerivativeAsset).where(begins).order_by(DerivativeAsset.id)))


def derivatives_under(session: Session, tracking_id: str) -> list[DerivativeAsset]:
    """Return the derivatives under a tracking id (case-sensitive), oldest first."""
    under = DerivativeAsset.tracking_id == tracking_id
    return list(session.scalars(select(DerivativeAsset).where(under).order_by(DerivativeAsset.id)))


def derivative_names(session: Session) -> list[str]:
    """Return the name of every derivative, each once."""
    return list(session.scalars(select(DerivativeAsset.derivative_filename).distinct()))


def begin(session: Session, tracking_id: str, filename: str, **content: Unpack[Content]) -> DerivativeAsset:
    """Write down that this content is being taken up. Of other content than before, nothing was sent and none failed.

    Raises StoreError when the derivative was never written down.
    """
    same = DerivativeAsset.box_sha1 == content["box_sha1"]
    kept = ("content_md5", "sent_at", "import_job_id", "last_error")
    changes: dict[str, Any] = {name: case((same, getattr(DerivativeAsset, name)), else_=None) for name in kept}
    changes["retry_count"] = case((same, DerivativeAsset.retry_count), else_=0)
    changes |= {**content, "upload_status": "pending", "last_attempt_at": func.now(), "next_attempt_at": None}
    return _change(session, _has_key(tracking_id, filename), changes)


def record_sending(session: Session, derivative_id: int, *, md5: str, score: str | None = None) -> None:
    """Write down that the content is about to be sent to the DAM, with this score: from here on it may be there."""
    sent = {"content_md5": md5, "sent_score": score, "sent_at": func.now(), "import_job_id": None}
    _change(session, _is(derivative_id), sent)


def record_job(session: Session, derivative_id: int, job_id: str) -> None:
    """Note the DAM's job that makes an asset of what was sent."""
    _change(session, _is(derivative_id), {"import_job_id": job_id})


def record_not_taken(session: Session, derivative_id: int) -> None:
    """Note that the DAM has taken nothing of what was sent."""
    _change(session, _is(derivative_id), _NOTHING_SENT)


def record_arrived(
    session: Session, derivative_id: int, dam_asset_id: str, **facts: Unpack[ArrivalFacts]
) -> DerivativeAsset:
    """Note the asset that the content has become in the DAM."""
    arrived = {"upload_status": "completed", "dam_asset_id": dam_asset_id, "uploaded_at": func.now()}
    arrived["dam_handed_in_at"] = DerivativeAsset.handed_in_at
    return _change(
        session, _is(derivative_id), {**facts, **arrived, "sent_at": None, "next_attempt_at": None, "last_error": None}
    )


def record_removing(session: Session, key: Key, file_id: str) -> None:
    """Write down that the file is about to be deleted in Box: from here on it may be gone."""
    _change(session, _has_key(*key), {"removing_file_id": file_id})


def record_not_removing(session: Session, key: Key) -> None:
    """Note that nothing is open any more about a deletion in Box."""
    _change(session, _has_key(*key), {"removing_file_id": None})


def removing_elsewhere(session: Session, seen_file_ids: Collection[str]) -> list[DerivativeAsset]:
    """Return the derivatives whose files were to be deleted in Box and are not among those seen, oldest first."""
    column = DerivativeAsset.removing_file_id
    return list(
        session.scalars(
            select(DerivativeAsset)
            .where(column.is_not(None), column != all_(texts(seen_file_ids)))
            .order_by(DerivativeAsset.id)
        )
    )


def record_failed(session: Session, key: Key, sha1: str, error: str, rest: timedelta) -> None:
    """Note why this content did not arrive, and how long it rests; of other content, or arrived, nothing is noted."""
    session.execute(
        update(DerivativeAsset)
        .where(_has_key(*key), _IS_OPEN, DerivativeAsset.box_sha1 == sha1)
        .values(
            upload_status="failed",
            last_error=error,
            retry_count=DerivativeAsset.retry_count + 1,
            next_attempt_at=func.now() + rest if rest else None,
        )
    )


def database_time(session: Session) -> datetime:
    """Return the time by the clock that the rows are written with."""
    return session.scalars(select(func.now())).one()


def last_arrival_at(session: Session) -> datetime | None:
    """Return when a file last came to the DAM, or None when none ever did."""
    return session.scalar(select(func.max(DerivativeAsset.uploaded_at)))


def open_elsewhere(session: Session, seen_file_ids: Collection[str], before: datetime) -> list[DerivativeAsset]:
    """Return the derivatives that have not arrived and whose files are not among those seen, oldest first.

    `before` is when the files were looked for: what was written down later may be about a file that came later.
    """
    touched = func.coalesce(DerivativeAsset.last_attempt_at, DerivativeAsset.created_at)
    missing = DerivativeAsset.box_file_id.is_(None) | (DerivativeAsset.box_file_id != all_(texts(seen_file_ids)))
    return list(
        session.scalars(select(DerivativeAsset).where(_IS_OPEN, missing, touched < before).order_by(DerivativeAsset.id))
    )


def withdraw(session: Session, derivative_id: int) -> bool:
    """Note that the content was taken away before it arrived; an asset that arrived earlier stays the derivative's.

    False when it has arrived meanwhile.
    """
    status = case((DerivativeAsset.dam_asset_id.is_not(None), "completed"), else_="withdrawn")
    of_file = ("box_file_id", "box_file_version_id", "box_sha1", "handed_in_at")
    forgotten = dict.fromkeys((*of_file, "content_md5", "next_attempt_at"))
    changed = session.scalar(
        update(DerivativeAsset)
        .where(_is(derivative_id), _IS_OPEN)
        .values({"upload_status": status, **forgotten, **_NOTHING_SENT})
        .returning(DerivativeAsset.id)
    )
    return changed is not None


def _is(derivative_id: int) -> ColumnElement[bool]:
    return DerivativeAsset.id == derivative_id


def _has_key(tracking_id: str, filename: str) -> ColumnElement[bool]:
    return (DerivativeAsset.tracking_id == tracking_id) & (DerivativeAsset.derivative_filename == filename)


def _change(session: Session, which: ColumnElement[bool], changes: Mapping[str, Any]) -> DerivativeAsset:
    changed = session.scalar(
        update(DerivativeAsset)
        .where(which)
        .values(dict(changes))
        .returning(DerivativeAsset)
        .execution_options(populate_existing=True)
    )
    if changed is None:
        raise StoreError("The derivative is not in the tracking database; run it again")
    return changed
