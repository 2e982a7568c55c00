"""Creative-quality scores: per filename a history of versions, with one current row of each kind.

Names that differ in case only are one name. What their lower case is the database says: of Greek and Turkish names
Python's differs.
"""

from collections.abc import Collection, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, Literal, TypedDict, Unpack

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import Session, defer

from db.models import CreativexScore
from db.parameters import texts
from domain.errors import MetadataRefused
from domain.scorecards import stem_of

MASTER = "master-cx-score"
ACTIVE = "active"
NEEDS_REVIEW = "needs review"
SUPERSEDED = "superseded"

_WHOSE = "master_tracking_id"
_MASTER = CreativexScore.full_extraction_data[_WHOSE].astext
_SETTLES = {ACTIVE: (ACTIVE, NEEDS_REVIEW)}
"""Kinds whose current row a new one takes the place of, where that is not its own kind alone."""


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
    session: Session, *, filename: str, score: Decimal | float | str, url: str | None, tracking_id: str
) -> CreativexScore:
    """Store the score that a master carries in the DAM. The same score and link again change nothing.

    Other masters of this name keep theirs. Raises MetadataRefused unless the score is a number from 0 to 100.
    """
    value = tidy_score(score)
    _serialize(session, filename)
    own = has_name(filename) & (CreativexScore.status == MASTER) & (tracking_id == _MASTER)
    known = session.scalar(select(CreativexScore).where(own))
    if known is not None and (known.quality_score, known.creativex_url) == (value, url):
        return known
    session.execute(update(CreativexScore).where(own).values(status=SUPERSEDED))
    whose = {_WHOSE: tracking_id}
    row = CreativexScore(
        filename=filename, quality_score=value, creativex_url=url, status=MASTER, full_extraction_data=whose
    )
    return _number(session, row)


def master_of(row: CreativexScore) -> str | None:
    """Return the tracking id of the master that carries the score; None for one of a scorecard."""
    return (row.full_extraction_data or {}).get(_WHOSE)


def store_score(
    session: Session,
    *,
    filename: str,
    score: Decimal | float | str,
    url: str | None,
    status: Literal["active", "needs review"],
    **source: Unpack[ScoreSource],
) -> CreativexScore:
    """Store the score of a scorecard, and let it supersede what was current. The same one again is no new version.

    One that counts settles a review, new or not. Raises MetadataRefused unless the score is a number from 0 to 100.
    """
    value = tidy_score(score)
    _serialize(session, filename)
    known = current_score(session, filename, status=status)
    if known is not None and _is_same(known, value, url, source.get("creativex_id")):
        _supersede(session, filename, [kind for kind in _settled_by(status) if kind != status])
        return known
    row = CreativexScore(filename=filename, quality_score=value, creativex_url=url, status=status, **source)
    return _add_version(session, row)


def store_old_score(
    session: Session, *, filename: str, score: Decimal | float | str, url: str | None, **source: Unpack[ScoreSource]
) -> CreativexScore:
    """Store the score of a scorecard that a later one came before: it is a version, and never was current."""
    _serialize(session, filename)
    value = tidy_score(score)
    row = CreativexScore(filename=filename, quality_score=value, creativex_url=url, status=SUPERSEDED, **source)
    return _add_version(session, row)


def current_score(session: Session, filename: str, *, status: str = ACTIVE) -> CreativexScore | None:
    """Return the filename's current score of a kind, or None."""
    return session.scalar(select(CreativexScore).where(has_name(filename), CreativexScore.status == status))


def score_for(session: Session, filename: str, *, status: str = ACTIVE) -> CreativexScore | None:
    """Return the newest current score that was given to this name, with or without its extension, or None."""
    either = has_name(filename) | has_name(stem_of(filename))
    return session.scalar(
        select(CreativexScore)
        .where(either, CreativexScore.status == status)
        .order_by(CreativexScore.extracted_at.desc(), CreativexScore.id.desc())
        .limit(1)
    )


def has_name(filename: str) -> ColumnElement[bool]:
    """Return the condition that a score is of this name, in whatever case.

    The database puts both into lower case: Python does it otherwise in Greek and Turkish.
    """
    return func.lower(CreativexScore.filename) == func.lower(filename)


def scores_of(session: Session, filename: str) -> list[CreativexScore]:
    """Return every score that was ever given to a name, with any extension or none; of each name oldest first.

    Names in another case are the same name; the spelling of the newest is the one that counts.
    """
    stem = stem_of(filename)
    named = func.lower(CreativexScore.filename)
    has_one = has_name(stem) | func.starts_with(named, func.lower(f"{stem}."))
    rows = session.scalars(
        select(CreativexScore).where(has_one).order_by(named, CreativexScore.version, CreativexScore.id)
    )
    return [row for row in rows if len(stem_of(row.filename)) == len(stem)]  # what begins so may go on otherwise


def scores_called(
    session: Session, names: Collection[str], *, status: str | None = None, master: str | None = None
) -> list[CreativexScore]:
    """Return the scores that were given to one of these names, with its extension or without; of each, oldest first.

    Without what was read of their scorecards. `status` takes those of one kind; `master` leaves out those that another
    master than the one of this tracking id carries.
    """
    called = sorted({form for name in names for form in (name, stem_of(name))})
    named = func.lower(CreativexScore.filename)
    wanted = select(CreativexScore).where(named.in_(select(func.lower(func.unnest(texts(called))))))
    if status is not None:
        wanted = wanted.where(CreativexScore.status == status)
    if master is not None:
        wanted = wanted.where(func.coalesce(_MASTER, master) == master)
    ordered = wanted.order_by(named, CreativexScore.version, CreativexScore.id)
    return list(session.scalars(ordered.options(defer(CreativexScore.full_extraction_data))))


def scored_names(session: Session) -> list[str]:
    """Return every name that a score was given to, each once."""
    return list(session.scalars(select(CreativexScore.filename).distinct().order_by(CreativexScore.filename)))


def _is_same(known: CreativexScore, value: Decimal, url: str | None, creativex_id: str | None) -> bool:
    return (known.quality_score, known.creativex_url, known.creativex_id) == (value, url, creativex_id)


def _add_version(session: Session, row: CreativexScore) -> CreativexScore:
    _supersede(session, row.filename, _settled_by(row.status))
    return _number(session, row)


def _number(session: Session, row: CreativexScore) -> CreativexScore:
    same_name = has_name(row.filename)
    row.version = 1 + session.scalars(select(func.count()).select_from(CreativexScore).where(same_name)).one()
    session.add(row)
    session.flush()
    return row


def _settled_by(status: str) -> Collection[str]:
    return _SETTLES.get(status, (status,))


def _supersede(session: Session, filename: str, kinds: Collection[str]) -> None:
    settled = has_name(filename) & CreativexScore.status.in_(kinds)
    session.execute(update(CreativexScore).where(settled).values(status=SUPERSEDED))


def _serialize(session: Session, filename: str) -> None:
    # Two runs that store a score for one filename would count the same version.
    key = func.lower(f"creativex/{filename}")
    session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(key, 0))))
