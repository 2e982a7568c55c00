"""A worker killed (SIGKILL) at any step of a delivery: the next run ends where one clean run would have ended."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.acceptance.kills import Step, kill_at, kill_while_writing, left_out, sweep
from tests.acceptance.outcome import outcome
from tests.acceptance.world import World

SEED = {
    "campaigns": [
        {
            "number": "C000000301",
            "name": "Two Masters",
            "folders": [
                {
                    "name": "01. Master Assets",
                    "assets": [{"name": "Film.mp4", "size": 21_000_000}],
                    "folders": [
                        {
                            "name": "Stills & more",
                            "assets": [{"name": "Key Visual.png", "size": 20_000, "creativex": {"score": 80}}],
                        }
                    ],
                },
                {"name": "02. Final Assets"},
            ],
        }
    ]
}


ASKED = (
    Step("the DAM's token", "otmm", "POST", "/oauth2/token$"),
    Step("the search for campaigns", "otmm", "POST", "/search/text$"),
    Step("the campaign as it is", "otmm", "GET", "/folders/[0-9a-f]{40}$"),
    Step("the campaign's folders", "otmm", "GET", "/folders/[0-9a-f]{40}/folders$"),
    Step("the assets of a folder", "otmm", "GET", "/children$"),
    Step("the first asset", "otmm", "GET", "/assets/[0-9a-f]{40}$"),
    Step("the first content", "otmm", "GET", "/contents$"),
    Step("the second asset", "otmm", "GET", "/assets/[0-9a-f]{40}$", 2),
    Step("the second content", "otmm", "GET", "/contents$", 2),
    Step("the assets again", "otmm", "GET", "/children$", 5),
    Step("the campaign before its move", "otmm", "GET", "/folders/[0-9a-f]{40}$", 2),
    Step("the campaign after its move", "otmm", "GET", "/folders/[0-9a-f]{40}$", 3),
    Step("Box's token", "box", "POST", "/oauth2/token$"),
    Step("the files of the Box folder", "box", "GET", "/items$"),
    Step("the mail's sender", "smtp", "MAIL", ""),
    Step("the mail's recipient", "smtp", "RCPT", ""),
)
"""Requests that change nothing: killed before the answer."""

DONE = (
    Step("the campaign's folder in Box", "box", "POST", "/2.0/folders$"),
    Step("the upload session", "box", "POST", "/upload_sessions$"),
    Step("the first part", "box", "PUT", "/upload_sessions/"),
    Step("the last part", "box", "PUT", "/upload_sessions/", 3),
    Step("the commit", "box", "POST", "/commit$"),
    Step("the sub-folder in Box", "box", "POST", "/2.0/folders$", 2),
    Step("the small upload", "box", "POST", "/files/content$"),
    Step("the status in the DAM", "otmm", "PATCH", "/folders/"),
    Step("the webhook", "hooks", "POST", "/hooks/"),
    Step("the mail", "smtp", "DATA", ""),
)
"""Requests that change something: killed before it is done, and between the deed and its answer."""

OFTEN = [step for step in DONE if step.what in ("the commit", "the status in the DAM", "the webhook")]
"""Killed after each of these in every `make test`."""

WRITTEN = (
    "workflow_state",
    "master_assets",
    "asset_events",
    "upload_sessions",
    "status_moves",
    "campaign_status",
    "outbox",
)
"""Tables: killed while it waits to write to one."""


@pytest.fixture
def world(make_world: Callable[..., World]) -> World:
    """A world whose requests always come in the same order."""
    return make_world(SEED, ASSETS_IN_PARALLEL=1, PARTS_IN_FLIGHT=1)


@pytest.fixture
def undisturbed(make_world: Callable[..., World], kept: dict[str, Any]) -> dict[str, Any]:
    """How a world ends in which nobody is killed."""
    if "outcome" not in kept:
        clean = make_world(SEED)
        clean.run()
        kept["outcome"] = outcome(clean)
    found: dict[str, Any] = kept["outcome"]
    return found


@pytest.mark.parametrize(("step", "when"), sweep(ASKED, DONE, often=OFTEN))
def test_a_run_killed_at_a_request(world: World, undisturbed: dict[str, Any], step: Step, when: str) -> None:
    kill_at(world, step, when)
    world.run()
    assert outcome(world) == undisturbed


@pytest.mark.sweep
@pytest.mark.parametrize("table", WRITTEN)
def test_a_run_killed_while_it_writes(world: World, undisturbed: dict[str, Any], table: str) -> None:
    kill_while_writing(world, table)
    world.run()
    assert outcome(world) == undisturbed


def test_an_undisturbed_run_makes_no_request_that_the_sweep_leaves_out(world: World) -> None:
    world.run()
    assert left_out(world, (*ASKED, *DONE)) == []
