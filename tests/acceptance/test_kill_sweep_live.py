"""A worker killed (SIGKILL) at any step of a live check: the next run ends where one clean run would have ended."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from db.repositories import stays
from db.repositories.moves import plan_move
from tests.acceptance.campaigns import seed
from tests.acceptance.kills import Step, kill_at, kill_while_writing, left_out, sweep
from tests.acceptance.watched import Watched, standing
from tests.acceptance.world import World

FLOW = "a4-live"
NEW, ARRIVED, LEFT, GONE, ABANDONED = (f"C00000170{number}" for number in range(1, 6))
NOW = {NEW: "A4", ARRIVED: "A4", LEFT: "A5", GONE: "A4", ABANDONED: "A1"}
BEFORE = {ARRIVED: "A3", LEFT: "A4", GONE: "A2", ABANDONED: "A3"}
SEED = seed(*(standing(number, status) for number, status in NOW.items()))

WEBHOOK = Step("the webhook", "hooks", "POST", "/hooks/")
LAST_SEARCH = Step("the last search", "otmm", "POST", "/search/text$", 8)
ASKED = (
    Step("the DAM's token", "otmm", "POST", "/oauth2/token$"),
    Step("the campaign of a move that was left open", "otmm", "GET", "/folders/[0-9a-f]{40}$"),
    Step("the first search", "otmm", "POST", "/search/text$"),
    LAST_SEARCH,
    *(Step(f"campaign {nth - 1} as it is", "otmm", "GET", "/folders/[0-9a-f]{40}$", nth) for nth in range(2, 6)),
)
"""Requests that change nothing: killed before the answer."""

DONE = (WEBHOOK, Step("the second webhook", "hooks", "POST", "/hooks/", 2))
"""Requests that change something: killed before it is done, and between the deed and its answer."""

WRITTEN = (
    ("status_moves", None),
    ("campaign_status", None),
    ("campaign_status", LAST_SEARCH),
    ("asset_events", LAST_SEARCH),
    ("outbox", None),
    ("campaign_status", WEBHOOK),
)
"""Tables: killed while it waits to write to one for the first time, or the first time since a request."""


@pytest.fixture
def prepare(make_world: Callable[..., World]) -> Callable[[], Watched]:
    """Make a world in which campaigns were seen, and have been moved, deleted and left half moved since."""

    def make() -> Watched:
        world = make_world(SEED)
        folders = world.twin.campaigns
        with world.store.transaction() as session:
            for number, status in BEFORE.items():
                name = f"Campaign {number[-3:]}"
                stays.enter(session, number=number, name=name, folder_id=folders[number], status=status)
            plan_move(
                session,
                campaign_number=ABANDONED,
                campaign_folder_id=folders[ABANDONED],
                campaign_name="Campaign 705",
                workflow="set-campaign-status",
                from_status="A3",
                to_status="A1",
                detail={},
            )
        world.twin.otmm.set_deleted(folders[GONE], deleted=True)
        return Watched(world)

    return make


@pytest.fixture
def watched(prepare: Callable[[], Watched]) -> Watched:
    """The world of the test."""
    return prepare()


@pytest.fixture
def undisturbed(prepare: Callable[[], Watched], kept: dict[str, Any]) -> dict[str, Any]:
    """How a world ends in which nobody is killed."""
    if not kept:
        clean = prepare()
        clean.run()
        kept.update(ended(clean))
    return kept


@pytest.mark.parametrize(("step", "when"), sweep(ASKED, DONE))
def test_a_run_killed_at_a_request(watched: Watched, undisturbed: dict[str, Any], step: Step, when: str) -> None:
    kill_at(watched.world, step, when, flow=FLOW)
    watched.run()
    assert ended(watched) == undisturbed


@pytest.mark.sweep
@pytest.mark.parametrize(("table", "since"), WRITTEN)
def test_a_run_killed_while_it_writes(
    watched: Watched, undisturbed: dict[str, Any], table: str, since: Step | None
) -> None:
    kill_while_writing(watched.world, table, since, flow=FLOW)
    watched.run()
    assert ended(watched) == undisturbed


def test_an_undisturbed_run_makes_no_request_that_the_sweep_leaves_out(watched: Watched) -> None:
    report = watched.run()
    assert report["headline"] == (
        f"2 campaigns in A4; 2 announced; moved by others: {ARRIVED} A3→A4, {LEFT} A4→A5; gone: {GONE}"
        f"; moved {ABANDONED} A3→A1"
    )
    asked = [step for step in ASKED if step.path.startswith("/folders")]
    reads = [seen for seen in watched.world.twin.faults["otmm"].requests if asked[0].fits("otmm", seen)]
    assert len(reads) == len(asked)
    assert left_out(watched.world, (*ASKED, *DONE)) == []


def ended(watched: Watched) -> dict[str, Any]:
    """Return what the database holds, what the DAM shows, and what receivers were told."""
    sql = watched.world.sql
    return {
        "dam": watched.world.status(),
        "stays": watched.stays(),
        "told of stays": sql("SELECT campaign_number, status, live_campaign FROM campaign_status ORDER BY 1, 2"),
        "events": Counter(str(event) for event in watched.events()),
        "moves": sql("SELECT campaign_number, state FROM status_moves"),
        "outbox": sql("SELECT campaign_number, template, state FROM outbox ORDER BY 1"),
        "told": sorted(watched.told()),
        "mails": watched.world.mails(),
        "left over": [sql("SELECT key FROM facts"), sql("SELECT key FROM leases")],
    }
