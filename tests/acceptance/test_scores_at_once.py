"""Scorecards read while others are at work: each is read once, and nobody is told another score than the DAM holds."""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from sandbox.faults import Fault
from tests.acceptance.campaigns import asset, campaign, seed
from tests.acceptance.homeward import FILM, STILL, TITLE
from tests.acceptance.kills import Step, kill_at
from tests.acceptance.scored import FLOW, Scored
from tests.acceptance.world import RUN_S, World
from tests.waiting import until

NUMBER = "C000001502"
SEED = seed(campaign(NUMBER, asset("Still.png"), status="A2"))
DAM_UPLOAD = Step("the upload to the DAM", "otmm", "POST", "/v6/assets$")
JOB = Step("the job of LlamaCloud", "llamacloud", "POST", "/extraction/jobs$")
ADDRESS = Step("the address of a PDF", "box", "GET", "/content$")
NEWER = "the score 80 was found after it was sent, and is not in the DAM"

BEFORE = [pytest.param(None, id="unscored", marks=pytest.mark.sweep), pytest.param(70, id="scored 70")]
"""What a file that is on its way home was scored before."""


@pytest.fixture
def scored(make_world: Callable[..., World]) -> Scored:
    """A campaign of one master that has gone out."""
    return Scored(make_world(SEED))


@contextmanager
def held_at(scored: Scored, step: Step, flow: str = FLOW, **hang: Any) -> Iterator[list[dict[str, Any]]]:
    """Hold a run at a request during the block; its report is in the list afterwards."""
    faults, reports = scored.world.twin.faults[step.service], list[dict[str, Any]]()
    faults.add(step.fault("hang", **hang))
    run = scored.world.start(flow)
    try:
        faults.wait_for_hang(RUN_S)
        yield reports
    finally:
        faults.clear()
    reports.append(scored.world.ended(*run))


def hand_in(scored: Scored, content: str = "") -> None:
    """Hand in the one file of the agency."""
    scored.drops.whole(scored.of("Still.png"), STILL, size=3_000, seed=content)


def uploads(scored: Scored) -> int:
    """How many files were sent to the DAM."""
    return sum(seen.path.endswith("/v6/assets") for seen in scored.world.twin.faults["otmm"].requests)


def score(scored: Scored, value: int, name: str = "") -> None:
    """Have CreativeX score that file, and the scorecard read."""
    scored.cards.whole(TITLE, value, name=name or f"{value}.pdf")
    assert scored.read()["headline"] == "1 read"


class TestTwoRuns:
    """Over the same scorecards."""

    def test_scorecards_that_another_run_reads_are_left_to_it(self, scored: Scored) -> None:
        scored.cards.whole(TITLE, 80)
        scored.cards.whole(FILM, 60)
        with held_at(scored, JOB) as first:
            assert scored.read()["headline"] == "left to another run"
        assert first[0]["headline"] == "2 read"
        assert scored.read()["headline"] == "nothing to do"
        assert (scored.jobs(), scored.pdfs()) == (2, [])
        assert scored.scores() == [(FILM, "60", 1, "active"), (TITLE, "80", 1, "active")]
        assert len(scored.world.mails()) == 1

    @pytest.mark.sweep
    def test_a_run_that_wakes_up_after_it_was_given_up_changes_nothing_any_more(self, scored: Scored) -> None:
        scored.cards.whole(TITLE, 80)
        faults = scored.world.twin.faults["llamacloud"]
        faults.add(JOB.fault("hang"))
        process, answer = scored.world.start(FLOW)
        faults.wait_for_hang(RUN_S)
        os.kill(process.pid or 0, signal.SIGSTOP)
        try:
            scored.world.sql("UPDATE leases SET expires_at = now() - interval '1 second'")
            assert scored.read()["headline"] == "1 read"
        finally:
            faults.clear()
            os.kill(process.pid or 0, signal.SIGCONT)
        assert "another run has taken it over" in scored.world.ended(process, answer)["headline"]
        assert scored.scores() == [(TITLE, "80", 1, "active")]
        assert scored.world.sql("SELECT state, retry_count FROM scorecards") == [("read", 0)]
        assert scored.world.sql("SELECT event_type FROM asset_events") == [("score_read",)]
        assert len(scored.world.mails()) == 1


class TestOnTheWayHome:
    """Database and mail say of a derivative the score that the DAM holds."""

    @pytest.mark.parametrize("before", [None, 70], ids=["unscored", "scored 70"])
    def test_a_score_that_is_read_while_the_file_is_on_its_way(self, scored: Scored, before: int | None) -> None:
        if before is not None:
            score(scored, before)
        hand_in(scored)
        with held_at(scored, DAM_UPLOAD, "a2-to-a3"):
            score(scored, 80)
        assert scored.home_score() == (("70", "70") if before else (None, "0"))
        mail = scored.last_mail(TITLE)
        assert ("Score: 70 (" if before else "Score: none, so 0 was written") in mail
        assert NEWER in mail

    @pytest.mark.parametrize("before", BEFORE)
    @pytest.mark.sweep
    def test_a_score_that_is_read_before_the_file_is_found_in_the_dam(self, scored: Scored, before: int | None) -> None:
        if before is not None:
            score(scored, before)
        hand_in(scored)
        kill_at(scored.world, DAM_UPLOAD, "after", flow="a2-to-a3")
        score(scored, 80)
        assert scored.run()["headline"] == f"1 delivered; moved {NUMBER} A2→A3"
        assert uploads(scored) == 1
        assert scored.home_score() == (("70", "70") if before else (None, "0"))
        mail = scored.last_mail(TITLE)
        assert ("Score: 70\n" if before else "Score: none, so 0 was written") in mail
        assert NEWER in mail

    @pytest.mark.sweep
    def test_a_score_that_was_sent_before_the_answer_was_lost_is_told_without_a_warning(self, scored: Scored) -> None:
        score(scored, 80)
        hand_in(scored)
        kill_at(scored.world, DAM_UPLOAD, "after", flow="a2-to-a3")
        scored.run()
        assert scored.home_score() == ("80", "80")
        assert "Score: 80 (CreativeX scorecard " in scored.last_mail(TITLE)
        assert "is not in the DAM" not in scored.last_mail(TITLE)

    @pytest.mark.sweep
    def test_the_same_content_once_more_is_not_sent_for_a_new_score(self, scored: Scored) -> None:
        score(scored, 70)
        hand_in(scored)
        scored.run()
        score(scored, 80)
        assert "with score 70; the score there does not change by itself" in scored.last_mail("score read")
        mails = len(scored.world.mails())
        hand_in(scored)
        assert scored.run()["headline"] == "1 already there"
        assert (uploads(scored), scored.home_score()) == (1, ("70", "70"))
        assert (len(scored.world.mails()), scored.in_box()) == (mails, [])

    def test_a_rework_takes_the_new_score_along(self, scored: Scored) -> None:
        score(scored, 70)
        hand_in(scored)
        scored.run()
        score(scored, 80)
        hand_in(scored, "other content")
        assert scored.run()["headline"] == "1 delivered"
        assert (uploads(scored), scored.home_score()) == (2, ("80", "80"))
        assert "Score: 80 (" in scored.last_mail(TITLE)

    @pytest.mark.parametrize("before", BEFORE)
    @pytest.mark.sweep
    def test_a_rework_that_is_taken_back_has_the_score_that_it_was_sent_with(
        self, scored: Scored, before: int | None
    ) -> None:
        if before is not None:
            score(scored, before)
        hand_in(scored)
        scored.run()
        score(scored, 80)
        hand_in(scored, "other content")
        scored.run()
        hand_in(scored)
        assert scored.run()["headline"] == "1 delivered"
        assert (uploads(scored), scored.home_score()) == (2, ("70", "70") if before else (None, "0"))
        mail = scored.last_mail(TITLE)
        assert ("Score: 70\n" if before else "Score: none, so 0 was written") in mail
        assert NEWER in mail


class TestInBox:
    """Scorecards that come, go and change while they are read."""

    @pytest.fixture
    def two(self, scored: Scored) -> tuple[Any, Any]:
        """Two scorecards of one file; the one that Box lists first was handed in an hour later."""
        newer = scored.cards.whole(TITLE, 80, name="newer.pdf")
        older = scored.cards.whole(TITLE, 70, name="older.pdf")
        with scored.world.twin.box.tree.lock:
            older.modified_at = newer.modified_at - timedelta(hours=1)
        return older, newer

    @pytest.mark.parametrize("slow", ["older", pytest.param("newer", marks=pytest.mark.sweep)])
    @pytest.mark.sweep
    def test_of_two_scorecards_the_later_one_counts_whichever_is_read_first(
        self, scored: Scored, two: tuple[Any, Any], slow: str
    ) -> None:
        held = two[0] if slow == "older" else two[1]
        llamacloud = scored.world.twin.faults["llamacloud"]
        with held_at(scored, Step("the slow one", "box", "GET", f"/{held.id}/content$")) as report:
            until(lambda: any("/runs/" in seen.path and seen.status for seen in llamacloud.requests), what="the other")
        assert report[0]["headline"] == "2 read"
        assert scored.scores() == [(TITLE, "70", 1, "superseded"), (TITLE, "80", 2, "active")]
        assert scored.pdfs() == []

    @pytest.mark.sweep
    def test_an_older_scorecard_that_is_read_by_a_later_run_is_a_version_and_never_counts(
        self, scored: Scored, two: tuple[Any, Any]
    ) -> None:
        llamacloud = scored.world.twin.faults["llamacloud"]
        with held_at(scored, Step("the older one", "box", "GET", f"/{two[0].id}/content$")):
            until(lambda: any("/runs/" in seen.path and seen.status for seen in llamacloud.requests), what="the newer")
            llamacloud.add(Fault("status", method="POST", path="/jobs$", times=None))
        assert scored.scores() == [(TITLE, "80", 1, "active")]
        llamacloud.clear()
        assert scored.read()["headline"] == "1 read"
        assert scored.scores() == [(TITLE, "80", 1, "active"), (TITLE, "70", 2, "superseded")]

    def test_a_pdf_that_is_replaced_while_it_is_read_stays_and_is_read_next(self, scored: Scored) -> None:
        scored.cards.whole(TITLE, 70, name="card.pdf")
        with held_at(scored, JOB, when="after") as report:
            scored.cards.whole(TITLE, 80, name="card.pdf")
        assert report[0]["headline"] == "1 read"
        assert scored.pdfs() == ["card.pdf"]
        assert scored.read()["headline"] == "1 read"
        assert scored.scores() == [(TITLE, "70", 1, "superseded"), (TITLE, "80", 2, "active")]
        assert scored.pdfs() == []
        assert scored.world.mails() == [
            f"CreativeX score read: {TITLE} ({value}), matches no file" for value in (70, 80)
        ]

    @pytest.mark.sweep
    def test_a_pdf_that_is_replaced_before_it_is_read_is_read_next_and_nobody_is_alarmed(self, scored: Scored) -> None:
        scored.cards.whole(TITLE, 70, name="card.pdf")
        with held_at(scored, ADDRESS) as report:
            scored.cards.whole(TITLE, 80, name="card.pdf")
        assert report[0]["headline"] == "1 failed"
        assert (scored.jobs(), scored.pdfs()) == (0, ["card.pdf"])
        assert scored.read()["headline"] == "1 read"
        assert scored.scores() == [(TITLE, "80", 1, "active")]
        assert scored.world.mails() == [f"CreativeX score read: {TITLE} (80), matches no file"]
        assert scored.world.sql("SELECT count(*) FROM facts") == [(0,)]

    @pytest.mark.sweep
    def test_a_pdf_that_is_taken_back_before_it_is_read_is_not_missed(self, scored: Scored) -> None:
        card = scored.cards.whole(TITLE, 70)
        with held_at(scored, ADDRESS) as report:
            scored.cards.remove(card.id)
        assert report[0]["headline"] == "1 gone meanwhile"
        assert scored.read()["headline"] == "nothing to do"
        assert (scored.jobs(), scored.scores(), scored.world.mails()) == (0, [], [])

    @pytest.mark.sweep
    def test_pdfs_wait_while_the_work_folder_cannot_be_used(
        self, make_world: Callable[..., World], tmp_path: Path
    ) -> None:
        (tmp_path / "work").touch()
        scored = Scored(make_world(SEED, WORK_DIR=tmp_path / "work"))
        scored.cards.whole(TITLE, 80, name="card.pdf")
        assert "the work folder" in scored.world.failure(FLOW)
        assert (scored.jobs(), scored.pdfs()) == (0, ["card.pdf"])
        (tmp_path / "work").unlink()
        assert scored.read()["headline"] == "1 read"
        assert list((tmp_path / "work").iterdir()) == []
