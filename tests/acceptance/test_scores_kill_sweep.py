"""A worker killed (SIGKILL) at any step of reading scorecards: the next run ends as one clean run would have ended."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.acceptance.campaigns import asset, campaign, seed
from tests.acceptance.homeward import FILM, STILL, TITLE
from tests.acceptance.kills import Step, kill_at, kill_while_writing, left_out, sweep
from tests.acceptance.score_outcome import score_outcome
from tests.acceptance.scored import FLOW, Scored
from tests.acceptance.world import World

SEED = seed(campaign("C000000303", asset("Film.mp4"), asset("Still.png"), status="A2"))
UNKNOWN = TITLE.replace("MOMENT", "MOMNT")
MakeScored = Callable[[], Scored]

FIRST_JOB = Step("the first job", "llamacloud", "POST", "/extraction/jobs$")
FIRST_END = Step("the first PDF's end", "box", "DELETE", r"/2\.0/files/\d+$")
LAST_END = Step("the last PDF's end", "box", "DELETE", r"/2\.0/files/\d+$", 3)
SCORES_MAIL = Step("the mail about the scores", "smtp", "DATA", "", 3)

ASKED = (
    Step("Box's token", "box", "POST", "/oauth2/token$"),
    Step("the folder of scorecards", "box", "GET", r"/2\.0/folders/\d+$"),
    Step("the files of the folder", "box", "GET", "/items$"),
    Step("the agent before any PDF", "llamacloud", "GET", "/extraction-agents/by-name/"),
    Step("the address of the first PDF", "box", "GET", "/content$"),
    Step("the first PDF", "box_download", "GET", "/d/"),
    Step("the agent for the first PDF", "llamacloud", "GET", "/extraction-agents/by-name/", 2),
    Step("the first poll", "llamacloud", "GET", "/extraction/jobs/[^/]+$"),
    Step("the first result", "llamacloud", "GET", "/extraction/runs/by-job/"),
    Step("the result that supersedes it", "llamacloud", "GET", "/extraction/runs/by-job/", 2),
    Step("the result that does not add up", "llamacloud", "GET", "/extraction/runs/by-job/", 3),
    Step("the result of the damaged one", "llamacloud", "GET", "/extraction/runs/by-job/", 4),
    Step("the last result", "llamacloud", "GET", "/extraction/runs/by-job/", 5),
    Step("the mail's sender", "smtp", "MAIL", ""),
    Step("the mail's recipient", "smtp", "RCPT", ""),
)
"""Requests that change nothing for us: killed before the answer."""

DONE = (
    Step("the first upload", "llamacloud", "POST", "/api/v1/files$"),
    FIRST_JOB,
    FIRST_END,
    Step("the second upload", "llamacloud", "POST", "/api/v1/files$", 2),
    Step("the second job", "llamacloud", "POST", "/extraction/jobs$", 2),
    Step("the second PDF's end", "box", "DELETE", r"/2\.0/files/\d+$", 2),
    LAST_END,
    Step("the mail about the first PDF in trouble", "smtp", "DATA", ""),
    SCORES_MAIL,
)
"""Requests that change something: killed before it is done, and between the deed and its answer."""

WRITTEN = (
    ("scorecards", None),
    ("creativex_scores", None),
    ("asset_events", None),
    ("facts", None),
    ("outbox", None),
    ("outbox", LAST_END),
    ("scorecards", LAST_END),
    ("facts", LAST_END),
)
"""Tables: killed while it waits to write to one, the first time at all or since a request."""

OFTEN = ("outbox", LAST_END)
"""Killed while it queues the mail about the scores in every `make test`."""


@pytest.fixture
def make_scored(make_world: Callable[..., World]) -> MakeScored:
    """Make a world whose requests always come in the same order, with a scorecard of each kind handed in."""

    def make() -> Scored:
        scored = Scored(make_world(SEED, SCORECARDS_IN_PARALLEL=1))
        still = STILL.replace("{tracking_id}", scored.of("Still.png"))
        scored.cards.whole(still, 70, name="1 first.pdf")
        scored.cards.whole(still, 80, name="2 supersedes it.pdf")
        scored.cards.wrong_sum(FILM, 60, name="3 does not add up.pdf")
        scored.cards.damaged(FILM, name="4 damaged.pdf")
        scored.cards.whole(UNKNOWN, 55, name="5 of no file.pdf")
        return scored

    return make


@pytest.fixture
def scored(make_scored: MakeScored) -> Scored:
    """The world that is disturbed."""
    return make_scored()


@pytest.fixture
def undisturbed(make_scored: MakeScored, kept: dict[str, Any]) -> dict[str, Any]:
    """How a world ends in which nobody is killed."""
    if not kept:
        clean = make_scored()
        clean.read()
        kept.update(score_outcome(clean))
    return kept


def ends_as(scored: Scored) -> dict[str, Any]:
    """Run twice more, as the schedule would, and return how the world has ended."""
    scored.read()
    scored.read()
    return score_outcome(scored)


@pytest.mark.parametrize(("step", "when"), sweep(ASKED, DONE, often=(FIRST_JOB,)))
def test_a_run_killed_at_a_request(scored: Scored, undisturbed: dict[str, Any], step: Step, when: str) -> None:
    kill_at(scored.world, step, when, flow=FLOW)
    assert ends_as(scored) == undisturbed


@pytest.mark.parametrize(
    ("table", "since"),
    [
        pytest.param(table, since, id=table if since is None else f"{table} at the end", marks=marks)
        for table, since in WRITTEN
        for marks in [() if (table, since) == OFTEN else pytest.mark.sweep]
    ],
)
def test_a_run_killed_while_it_writes(
    scored: Scored, undisturbed: dict[str, Any], table: str, since: Step | None
) -> None:
    kill_while_writing(scored.world, table, since, flow=FLOW)
    assert ends_as(scored) == undisturbed


def test_an_undisturbed_run_makes_no_request_that_the_sweep_leaves_out(scored: Scored) -> None:
    assert scored.read()["headline"] == "3 read; 1 to be reviewed; 1 failed"
    assert left_out(scored.world, (*ASKED, *DONE)) == []


def test_what_an_undisturbed_run_comes_to(undisturbed: dict[str, Any]) -> None:
    states = [(card["pdf_name"][0], card["state"], card["score"]) for card in undisturbed["scorecards"]]
    assert states == [
        ("1", "read", (TITLE, 1)),
        ("2", "read", (TITLE, 2)),
        ("3", "needs review", (FILM, 1)),
        ("4", "failed", None),
        ("5", "read", (UNKNOWN, 1)),
    ]
    assert undisturbed["pdfs"] == ["3 does not add up.pdf", "4 damaged.pdf"]
    assert undisturbed["left over"] == [0, 0]
    assert sorted(undisturbed["mails"].values()) == [1, 1, 1]
