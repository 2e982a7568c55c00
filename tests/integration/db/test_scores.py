"""Creative-quality scores."""

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from db.engine import Store
from db.models import CreativexScore
from db.repositories.scores import MASTER, current_score, master_of, scores_called, store_master_score
from db.repositories.scores import store_score as store_scorecard
from domain.errors import MetadataRefused

URL = "https://app.creativex.com/preflight/pretests/1"


def store_score(session: Session, score: Decimal | float | str, url: str | None = URL) -> CreativexScore:
    return store_master_score(session, filename="RAF_spot.mp4", score=score, url=url, tracking_id="aB3xY9")


@pytest.mark.parametrize(("given", "shown"), [("80.0", "80"), (80.0, "80"), (100, "100"), ("72.50", "72.5"), (0, "0")])
def test_a_score_is_stored_without_needless_decimals(session: Session, given: float | str, shown: str):
    store_score(session, given)

    assert session.scalar(text("SELECT quality_score::text FROM creativex_scores")) == shown


@pytest.mark.parametrize("given", ["", "n/a", "-1", "100.5", "NaN", "inf", float("nan")])
def test_what_is_no_score_is_refused(session: Session, given: float | str):
    with pytest.raises(MetadataRefused, match="0 to 100"):
        store_score(session, given)


def test_the_same_score_again_changes_nothing(session: Session):
    first = store_score(session, "80.0")

    assert store_score(session, 80) is first
    assert (first.version, first.status) == (1, "master-cx-score")


def test_another_score_supersedes_the_old_one(session: Session):
    store_score(session, 70)
    newest = store_score(session, 80)

    rows = session.execute(select(CreativexScore.version, CreativexScore.status).order_by(CreativexScore.version)).all()
    assert [tuple(row) for row in rows] == [(1, "superseded"), (2, "master-cx-score")]
    assert current_score(session, "RAF_spot.mp4", status=MASTER) == newest


def test_masters_of_one_name_keep_their_scores(session: Session):
    def stored(tracking_id: str, score: int) -> CreativexScore:
        return store_master_score(session, filename="KV.tif", score=score, url=URL, tracking_id=tracking_id)

    first, other = stored("aB3xY9", 70), stored("bB3xY9", 70)
    assert stored("aB3xY9", 70) is first
    newer = stored("aB3xY9", 75)
    session.refresh(first)
    assert [(row.status, master_of(row)) for row in (first, other, newer)] == [
        ("superseded", "aB3xY9"), ("master-cx-score", "bB3xY9"), ("master-cx-score", "aB3xY9"),
    ]  # fmt: skip
    card = store_scorecard(session, filename="KV.tif", score=60, url=URL, status="active")
    assert scores_called(session, ["KV.tif"], master="bB3xY9") == [other, card]
    assert len(scores_called(session, ["KV.tif"])) == 4


def test_a_masters_score_is_not_taken_for_the_derivatives(session: Session):
    store_score(session, 70)

    assert current_score(session, "RAF_spot.mp4") is None


def test_runs_that_store_scores_at_once_count_them_all(store: Store, threads: ThreadPoolExecutor):
    def stored(score: int) -> int:
        with store.transaction() as session:
            return store_score(session, score).version

    assert sorted(threads.map(stored, range(16))) == list(range(1, 17))


def test_scores_of_several_names_are_found_with_and_without_extension(session: Session):
    for name in ("b.mp4", "A.mp4", "a", "ab.mp4", "a.jpg"):
        store_master_score(session, filename=name, score=1, url=None, tracking_id="aB3xY9")

    found = scores_called(session, ["a.MP4", "b.mp4"])
    assert [row.filename for row in found] == ["a", "A.mp4", "b.mp4"]
    assert scores_called(session, ["b.mp4"], status="active") == []


@pytest.mark.parametrize("name", ["RAF_GR_el_ΚΑΛΟΣ_OLV.mp4", "RAF_TR_tr_İNDİRİM_OLV.mp4"])
def test_scores_are_found_by_a_name_that_python_puts_into_other_lower_case_than_the_database(
    session: Session, name: str
):
    row = store_master_score(session, filename=name, score=80, url=URL, tracking_id="aB3xY9")
    assert scores_called(session, [name]) == [row]
