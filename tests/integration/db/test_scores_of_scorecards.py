"""Scores that were read from scorecards: versions by name, of which one counts."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session

from db.engine import Store
from db.models import CreativexScore
from db.repositories import scores
from db.repositories.scores import NEEDS_REVIEW, current_score, score_for, scored_names, scores_of, store_old_score
from domain.errors import MetadataRefused

NAME = "RAF_spot.mp4"
URL = "https://app.creativex.com/4711"


def keep(session: Session, score: float | str, filename: str = NAME, **facts: Any) -> CreativexScore:
    """Store the score of a scorecard."""
    status = facts.pop("status", "active")
    facts = {"url": URL, "creativex_id": "4711", **facts}
    return scores.store_score(session, filename=filename, score=score, status=status, **facts)


def review(session: Session, score: float | str, filename: str = NAME, **facts: Any) -> CreativexScore:
    """Store a score that does not add up."""
    return keep(session, score, filename, status="needs review", **facts)


def versions(session: Session) -> list[tuple[str, int, str]]:
    """Score, version and status of every row."""
    shown = select(text("quality_score::text"), CreativexScore.version, CreativexScore.status)
    return [tuple(row) for row in session.execute(shown.order_by(CreativexScore.id))]


def value(row: CreativexScore | None) -> str | None:
    """The score of a row as text."""
    return None if row is None else f"{row.quality_score:f}"


def test_a_new_score_supersedes_the_old_one_and_is_one_version_more(session: Session):
    for score in (70, 80, 75):
        keep(session, score)
    assert versions(session) == [("70", 1, "superseded"), ("80", 2, "superseded"), ("75", 3, "active")]
    assert value(current_score(session, NAME)) == "75"


def test_a_score_is_kept_without_needless_decimals(session: Session):
    for given in ("80.0", 0.0, "82.50", 100):
        keep(session, given)
    assert [score for score, _, _ in versions(session)] == ["80", "0", "82.5", "100"]


def test_what_is_no_score_is_refused_and_supersedes_nothing(session: Session):
    keep(session, 80)
    for given in (-1, 100.01, "n/a", float("nan")):
        with pytest.raises(MetadataRefused):
            keep(session, given)
    assert versions(session) == [("80", 1, "active")]


def test_the_same_score_link_and_id_again_change_nothing(session: Session):
    first = keep(session, 80)
    for name in (NAME, "raf_SPOT.MP4"):
        assert keep(session, "80.0", name) is first
    assert versions(session) == [("80", 1, "active")]


def test_the_same_score_of_another_scorecard_is_a_version(session: Session):
    keep(session, 80)
    others: list[dict[str, Any]] = [
        {"url": f"{URL}/2"},
        {"url": None},
        {"creativex_id": "1"},
        {"creativex_id": None},
    ]
    assert [keep(session, 80, **other).version for other in others] == [2, 3, 4, 5]
    assert [status for _, _, status in versions(session)].count("active") == 1


# In Greek and Turkish, Python and the database do not agree on lower case.
@pytest.mark.parametrize("name", ["RAF_GR_el_ΚΑΛΟΣ_OLV_ÜBER.mp4", "RAF_TR_tr_İNDİRİM_OLV.mp4"])
def test_a_name_is_the_same_in_any_case_and_any_script(session: Session, name: str):
    keep(session, 70, name)
    keep(session, 80, name)
    assert versions(session) == [("70", 1, "superseded"), ("80", 2, "active")]
    assert [value(row) for row in scores_of(session, name)] == ["70", "80"]
    in_lower_case = session.scalars(select(func.lower(name))).one()
    for asked in (name, in_lower_case):
        assert value(score_for(session, asked)) == "80"


def test_names_that_differ_in_case_share_their_versions(session: Session):
    keep(session, 70, "RAF_spot.mp4")
    keep(session, 80, "RAF_SPOT.mp4")
    keep(session, 90, "raf_spot.MP4")
    assert versions(session) == [("70", 1, "superseded"), ("80", 2, "superseded"), ("90", 3, "active")]
    assert value(score_for(session, "Raf_Spot.mp4")) == "90"


def test_a_name_that_is_like_another_is_its_own(session: Session):
    for other in ("RAFxspot.mp4", "RAF%spot.mp4", "RAF_spot2.mp4", "RAF_spot.v2.mp4", "RAF_spo"):
        keep(session, 70, other)
    assert scores_of(session, NAME) == []
    keep(session, 70, "RAF_spot.jpg")
    assert score_for(session, NAME) is None


def test_a_score_that_does_not_add_up_is_never_the_one_that_counts(session: Session):
    review(session, 60)
    assert score_for(session, NAME) is None
    assert current_score(session, NAME) is None
    keep(session, 80)
    review(session, 65)
    assert value(score_for(session, NAME)) == "80"
    assert value(score_for(session, NAME, status=NEEDS_REVIEW)) == "65"
    assert versions(session)[1:] == [("80", 2, "active"), ("65", 3, "needs review")]


def test_of_two_that_do_not_add_up_the_later_one_waits(session: Session):
    review(session, 60)
    review(session, 65)
    assert versions(session) == [("60", 1, "superseded"), ("65", 2, "needs review")]


def test_a_score_that_counts_settles_a_review(session: Session):
    review(session, 60, "RAF_SPOT.mp4")
    keep(session, 80)
    assert versions(session) == [("60", 1, "superseded"), ("80", 2, "active")]
    assert score_for(session, NAME, status=NEEDS_REVIEW) is None


def test_the_score_that_counted_already_settles_a_review_too(session: Session):
    first = keep(session, 80)
    review(session, 60)
    assert keep(session, 80) is first
    assert versions(session) == [("80", 1, "active"), ("60", 2, "superseded")]
    assert score_for(session, NAME, status=NEEDS_REVIEW) is None


def test_a_review_of_another_file_stays_open(session: Session):
    review(session, 60, "other.mp4")
    keep(session, 80)
    assert value(score_for(session, "other.mp4", status=NEEDS_REVIEW)) == "60"


def test_the_score_of_a_master_is_neither_superseded_nor_used(session: Session):
    scores.store_master_score(session, filename=NAME, score=50, url=URL, tracking_id="aB3xY9")
    assert score_for(session, NAME) is None
    keep(session, 80)
    assert versions(session) == [("50", 1, "master-cx-score"), ("80", 2, "active")]


def test_an_old_score_is_a_version_and_never_counts(session: Session):
    keep(session, 80)
    store_old_score(session, filename=NAME, score="70.0", url=URL)
    assert versions(session) == [("80", 1, "active"), ("70", 2, "superseded")]
    assert value(score_for(session, NAME)) == "80"


def test_a_score_of_a_name_without_its_extension_is_found_by_the_whole_name(session: Session):
    keep(session, 80, "RAF_SPOT")
    for name in ("RAF_spot.mp4", "RAF_spot.jpg", "raf_spot"):
        assert value(score_for(session, name)) == "80", name
        assert [value(row) for row in scores_of(session, name)] == ["80"], name


def test_the_scores_of_a_whole_name_are_found_without_its_extension(session: Session):
    keep(session, 80, "RAF_spot.mp4")
    keep(session, 70, "RAF_SPOT.jpg")
    keep(session, 60, "RAF_spotless.mp4")
    assert sorted(row.filename for row in scores_of(session, "raf_spot")) == ["RAF_SPOT.jpg", "RAF_spot.mp4"]


@pytest.mark.parametrize("newest", ["RAF_spot", "RAF_spot.mp4"])
def test_of_a_score_with_the_extension_and_one_without_the_newest_counts(session: Session, newest: str):
    for score, name in ((70, "RAF_spot"), (80, "RAF_spot.mp4")):
        row = keep(session, score, name)
        age = timedelta(0) if name == newest else timedelta(hours=1)
        session.execute(update(CreativexScore).where(CreativexScore.id == row.id).values(extracted_at=func.now() - age))
    found = score_for(session, "RAF_spot.mp4")
    assert found is not None
    assert found.filename == newest


def test_of_two_scores_read_at_once_the_later_row_counts(session: Session):
    keep(session, 80, "RAF_spot.mp4")
    keep(session, 70, "RAF_spot")
    assert value(score_for(session, "RAF_spot.mp4")) == "70"


def test_every_scored_name_is_told_once(session: Session):
    for score, name in ((70, "b.mp4"), (80, "b.mp4"), (60, "a.mp4")):
        keep(session, score, name)
    assert scored_names(session) == ["a.mp4", "b.mp4"]


def test_runs_that_store_scores_of_one_name_at_once_count_them_all(store: Store, threads: ThreadPoolExecutor):
    names = [NAME, NAME.upper()] * 8

    def stored(score: int) -> int:
        with store.transaction() as session:
            row = scores.store_score(session, filename=names[score], score=score, url=URL, status="active")
            return row.version

    assert sorted(threads.map(stored, range(16))) == list(range(1, 17))
    with store.transaction() as session:
        rows = scores_of(session, NAME)
    assert [row.status for row in rows].count("active") == 1
