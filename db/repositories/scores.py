"""Creative-quality scores: per filename a history of versions, with one current row of each kind."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, TypedDict, Unpack

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from db.models import CreativexScore
from domain.errors import MetadataRefused

MASTER = "master-cx-score"


def tidy_score(score: Decimal | float | str) -> Decimal:
    """Return a score without needless decimals. Raises MetadataRefused unless it is a number from 0 to 100.

    >>> tidy_score("80.0"), tidy_score(72.50), tidy_score(100)
    (Decimal('80'), Decimal('72.5'), Decimal('100'))
    """
    try:
        value = Decimal(str(score).strip())
    except InvalidOperation:
        value = Decimal("NaN")
    # A comparison with NaN would raise.
    if not value.is_finite() or not 0 <= value <= 100:
        raise MetadataRefused(f"CreativeX score {score!r} is not a number from 0 to 100")
    return value.quantize(Decimal(1)) if value == value.to_integral_value() else value.normalize()


class ScoreSource(TypedDict, total=False):
    """Where a score was read; every key is a column of `creativex_scores`."""

    creativex_id: str | None
    box_file_id: str | None
    full_extraction_data: Mapping[str, Any] | None


def store_master_score(
    session: Session, *, filename: str, score: Decimal | float | str, url: str | None, **source: Unpack[ScoreSource]
) -> CreativexScore:
    """Store the score that a master carries in the DAM. The same score and link again change nothing.

    Raises MetadataRefused unless the score is a number from 0 to 100.
    """
    value = tidy_score(score)
    _serialize(session, filename)
    known = current_score(session, filename, status=MASTER)
    if known is not None and (known.quality_score, known.creativex_url) == (value, url):
        return known
    row = CreativexScore(filename=filename, quality_score=value, creativex_url=url, status=MASTER, **source)
    return _add_version(session, row)


def current_score(session: Session, filename: str, *, status: str = "active") -> CreativexScore | None:
    """Return the filename's current score of a kind (`active`, or `master-cx-score`), or None."""
    return session.scalar(
        select(CreativexScore).where(CreativexScore.filename == filename, CreativexScore.status == status)
    )


def _add_version(session: Session, row: CreativexScore) -> CreativexScore:
    same_name = CreativexScore.filename == row.filename
    session.execute(
        update(CreativexScore).where(same_name, CreativexScore.status == row.status).values(status="superseded")
    )
    row.version = 1 + session.scalars(select(func.count()).select_from(CreativexScore).where(same_name)).one()
    session.add(row)
    session.flush()
    return row


def _serialize(session: Session, filename: str) -> None:
    # Two runs that store a score for one filename would count the same version.
    session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"creativex/{filename}", 0))))
