"""The creative-quality score of a file that comes home: from its scorecard, else from its metadata in Box."""

from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC

from sqlalchemy.orm import Session

from blocks.services import Services
from db.models import CreativexScore
from db.repositories.scores import NEEDS_REVIEW, score_for, tidy_score
from domain.derivatives import File, PlannedFile
from domain.errors import MetadataRefused
from domain.metadata import field_value


@dataclass(frozen=True, slots=True)
class Score:
    """A score as text from 0 to 100, None where there is none; `warning` says what people have to look at."""

    value: str | None = None
    link: str | None = None
    source: str | None = None
    warning: str | None = None


def find_score(planned: PlannedFile[File], services: Services) -> Score:
    """Return the score of a file whose name could be read."""
    name = planned.target_name or ""
    with services.store.transaction() as session:
        row = score_for(session, name)
        in_review = score_for(session, name, status=NEEDS_REVIEW)
    if row is not None and in_review is not None and in_review.extracted_at < row.extracted_at:
        in_review = None  # a later scorecard, which named the file with the extension or without, has settled it
    found = _from_scorecard(row) or _from_box(planned, services)
    doubt = _about_review(in_review) if in_review is not None else None
    warnings = [text for text in (found.warning, doubt) if text is not None]
    return replace(found, warning="; ".join(warnings) or None)


def newest_score(session: Session, name: str) -> str | None:
    """Return the score that a scorecard gives a file by now, None where none does."""
    row = score_for(session, name)
    return f"{row.quality_score:f}" if row is not None and row.quality_score is not None else None


def score_in_dam(asset_id: str, supposed: str | None, services: Services) -> str | None:
    """Return the score that an asset carries in the DAM, None for an unscored one.

    `supposed` is what it would carry if it were sent now: a score of 0 looks like none.
    """
    rules = services.field_rules.creativex
    text = field_value(services.dam.asset(asset_id), rules.score) or rules.unscored
    held = text.rpartition("^")[2]  # cascading form: Platform^Score
    with suppress(MetadataRefused):  # people may have put words in its place
        held = f"{tidy_score(held):f}"
    if held == (supposed or rules.unscored):
        return supposed
    return None if held == rules.unscored else held


def none_found(services: Services) -> str:
    """Return what people are told of a file without a score."""
    return f"no CreativeX score was found; {services.field_rules.creativex.unscored} was written"


def _from_scorecard(row: CreativexScore | None) -> Score | None:
    if row is None or row.quality_score is None:
        return None
    card = f"CreativeX scorecard {row.creativex_id}" if row.creativex_id else "CreativeX scorecard"
    source = f"{card}, read on {row.extracted_at.astimezone(UTC):%d %b %Y}, version {row.version}"
    return Score(f"{row.quality_score:f}", row.creativex_url, source)


def _about_review(row: CreativexScore) -> str:
    return f"a scorecard of this file needs review, so its score {row.quality_score:f} was not used"


def _from_box(planned: PlannedFile[File], services: Services) -> Score:
    rules = services.field_rules.creativex
    none = none_found(services)
    if (template := rules.box_template) is None:
        return Score(warning=none)
    values = planned.file.metadata
    if values is None:  # not every listing brings them along
        values = services.box.metadata(planned.file.file_id, template.key) or {}
    found, link = values.get(template.score), values.get(template.link)
    if found is None or found == "":
        return Score(warning=none)
    try:
        score = f"{tidy_score(str(found)):f}"
    except MetadataRefused:
        text = f"the CreativeX score {found!r} in the file's metadata in Box is not a number from 0 to 100"
        return Score(warning=f"{text}; {rules.unscored} was written")
    return Score(score, str(link) if link else None, "metadata in Box")
