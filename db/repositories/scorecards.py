"""Scorecards: what became of each content of a PDF, so that none is read twice and each result is told once."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, TypedDict, Unpack

from sqlalchemy import any_, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from db.models import CreativexScore, Scorecard
from db.parameters import texts
from db.repositories.scores import SUPERSEDED, has_name
from domain.errors import StoreError


class Pdf(TypedDict):
    """A PDF that lies in Box; every key is a column of `scorecards`."""

    sha1: str
    pdf_name: str
    box_file_id: str
    handed_in_at: datetime | None


class Reading(TypedDict):
    """What was read of a scorecard; every key is a column of `scorecards`."""

    score_id: int
    tracking_id: str | None
    tier: str | None
    previous_score: Decimal | None


def scorecards_of(session: Session, sha1s: Collection[str]) -> dict[str, Scorecard]:
    """Return what is known of these contents, by checksum."""
    rows = session.scalars(select(Scorecard).where(Scorecard.sha1 == any_(texts(sha1s))))
    return {row.sha1: row for row in rows}


def expect_scorecards(session: Session, pdfs: Sequence[Pdf]) -> None:
    """Write down PDFs that are about to be read; of one content the file that has it now is kept."""
    if not pdfs:
        return
    write = insert(Scorecard).values(list({pdf["sha1"]: pdf for pdf in pdfs}.values()))
    place = {name: write.excluded[name] for name in ("pdf_name", "box_file_id")}
    session.execute(write.on_conflict_do_update(index_elements=["sha1"], set_=place))


def record_read(session: Session, sha1: str, *, state: str, **reading: Unpack[Reading]) -> None:
    """Note the score that was read, `state` being read or needs review."""
    done = {"last_error": None, "next_attempt_at": None, "retry_count": 0, "read_at": func.now()}
    _change(session, sha1, {"state": state, **reading, **done})


def record_unread(session: Session, sha1: str, error: str, rest: timedelta) -> None:
    """Note why this content could not be read, and how long it rests. What was read of it before stays."""
    failed = {"retry_count": Scorecard.retry_count + 1, "next_attempt_at": func.now() + rest if rest else None}
    is_open = Scorecard.state.in_(("pending", "failed"))
    values = {"state": "failed", "last_error": error, **failed}
    session.execute(update(Scorecard).where(Scorecard.sha1 == sha1, is_open).values(values))


def settle_reviews(session: Session, filename: str) -> None:
    """Note of scorecards of this file that needed review that a later one has taken their place."""
    over = select(CreativexScore.id).where(has_name(filename), CreativexScore.status == SUPERSEDED)
    waiting = Scorecard.state == "needs review"
    settled = {"state": "read", "told_at": func.now()}
    session.execute(update(Scorecard).where(waiting, Scorecard.score_id.in_(over)).values(settled))


def handed_in_at(session: Session, score_id: int) -> datetime | None:
    """Return when the newest scorecard of a score was handed in, None where nobody knows."""
    return session.scalar(select(func.max(Scorecard.handed_in_at)).where(Scorecard.score_id == score_id))


def untold(session: Session) -> list[tuple[Scorecard, CreativexScore]]:
    """Return the scorecards that were read and of which nobody was told, with their scores; held until the commit."""
    rows = session.execute(
        select(Scorecard, CreativexScore)
        .join(CreativexScore, CreativexScore.id == Scorecard.score_id)
        .where(Scorecard.state == "read", Scorecard.told_at.is_(None))
        .order_by(Scorecard.id)
        .with_for_update(of=Scorecard)
    )
    return [(card, score) for card, score in rows]


def names_scored(session: Session, tracking_ids: Collection[str]) -> dict[str, set[str]]:
    """Return the names under which scorecards of these tracking ids were read, by tracking id."""
    rows = session.execute(
        select(Scorecard.tracking_id, CreativexScore.filename)
        .join(CreativexScore, CreativexScore.id == Scorecard.score_id)
        .where(Scorecard.tracking_id == any_(texts(tracking_ids)))
        .distinct()
    )
    found: defaultdict[str, set[str]] = defaultdict(set)
    for tracking_id, filename in rows.tuples():
        found[str(tracking_id)].add(filename)
    return dict(found)


def mark_scores_told(session: Session, scorecard_ids: Collection[int]) -> None:
    """Note that the mail about these scorecards is queued."""
    session.execute(update(Scorecard).where(Scorecard.id.in_(scorecard_ids)).values(told_at=func.now()))


def _change(session: Session, sha1: str, changes: dict[str, Any]) -> None:
    changed = session.scalar(update(Scorecard).where(Scorecard.sha1 == sha1).values(changes).returning(Scorecard.id))
    if changed is None:
        raise StoreError("The scorecard is not in the tracking database; run it again")
