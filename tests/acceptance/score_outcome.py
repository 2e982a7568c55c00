"""The state of a world that scorecards were read in, in a form in which two worlds that went the same way are equal.

Left out is what `home_outcome` leaves out, and how often a PDF was handed to LlamaCloud.
"""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import CreativexScore, Scorecard
from tests.acceptance.home_outcome import home_outcome
from tests.acceptance.scored import Scored

_SCORE = (
    "filename", "creativex_id", "creativex_url", "quality_score", "version", "status", "box_file_id",
    "full_extraction_data",
)  # fmt: skip
_SCORECARD = (
    "sha1", "state", "pdf_name", "box_file_id", "tracking_id", "tier", "previous_score", "retry_count", "last_error",
)  # fmt: skip
_MOMENTS = ("handed_in_at", "next_attempt_at", "read_at", "told_at")


def score_outcome(scored: Scored) -> dict[str, Any]:
    """Return the scores and scorecards, and whatever else the world holds."""
    with scored.world.store.transaction() as session:
        return {**home_outcome(scored), "pdfs": scored.pdfs(), **_scores(session)}


def _scores(session: Session) -> dict[str, Any]:
    scores = list(session.scalars(select(CreativexScore).order_by(CreativexScore.id)))
    names = {score.id: (score.filename, score.version) for score in scores}
    cards = session.scalars(select(Scorecard).order_by(Scorecard.id))
    return {
        "scores": [{name: getattr(score, name) for name in _SCORE} for score in scores],
        "scorecards": [_scorecard(card) | {"score": names.get(card.score_id or 0)} for card in cards],
    }


def _scorecard(card: Scorecard) -> dict[str, Any]:
    moments = {name: getattr(card, name) is not None for name in _MOMENTS}
    return {name: getattr(card, name) for name in _SCORECARD} | moments
