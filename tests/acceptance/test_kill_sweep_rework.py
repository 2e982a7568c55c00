"""A worker killed (SIGKILL) while rejected assets go back: the next run ends where one clean run would have ended."""

from collections.abc import Callable
from typing import Any

import pytest

from db.repositories import derivatives
from tests.acceptance.campaigns import asset, campaign, finals, masters, rejected, seed
from tests.acceptance.homeward import HandedOut
from tests.acceptance.kills import Step, kill_at, kill_while_writing, left_out, sweep
from tests.acceptance.outcome import outcome
from tests.acceptance.world import World

FLOW = "a5-to-a6"
OURS, UNKNOWN = "RAF_TITLE.png", "Unknown.png"
SEED = seed(
    campaign(
        "C000000303",
        status="A5",
        folders=[
            masters(asset("Still.png")),
            finals(rejected(OURS, legal="No"), rejected("Good.png", status="APPROVED"), more=[rejected(UNKNOWN)]),
        ],
    )
)

ASKED = (
    Step("the DAM's token", "otmm", "POST", "/oauth2/token$"),
    Step("the search for campaigns", "otmm", "POST", "/search/text$"),
    Step("the campaign as it is", "otmm", "GET", "/folders/[0-9a-f]{40}$"),
    Step("the campaign's folders", "otmm", "GET", "/folders/[0-9a-f]{40}/folders$"),
    Step("the assets of a folder", "otmm", "GET", "/children$"),
    Step("what was said of the first", "otmm", "GET", "/assets/[0-9a-f]{40}$"),
    Step("the first asset", "otmm", "GET", "/assets/[0-9a-f]{40}$", 3),
    Step("the first content", "otmm", "GET", "/contents$"),
    Step("the second content", "otmm", "GET", "/contents$", 2),
    Step("the assets again", "otmm", "GET", "/children$", 5),
    Step("the campaign after its move", "otmm", "GET", "/folders/[0-9a-f]{40}$", 3),
    Step("Box's token", "box", "POST", "/oauth2/token$"),
    Step("the mail's sender", "smtp", "MAIL", ""),
    Step("the mail's recipient", "smtp", "RCPT", ""),
)
"""Requests that change nothing: killed before the answer."""

UPLOAD = Step("the first upload", "box", "POST", "/files/content$")
MOVE = Step("the status in the DAM", "otmm", "PATCH", "/folders/")
DONE = (
    Step("the campaign's folder in Box", "box", "POST", "/2.0/folders$"),
    UPLOAD,
    Step("the second upload", "box", "POST", "/files/content$", 2),
    MOVE,
    Step("the mail", "smtp", "DATA", ""),
)
"""Requests that change something: killed before it is done, and between the deed and its answer."""

WRITTEN = ("rejected_assets", "master_assets", "status_moves", "outbox")
"""Tables: killed while it waits to write to one."""


@pytest.fixture
def world(make_world: Callable[..., World]) -> World:
    """A world in which one rejected asset is a derivative of ours, and another one nobody's."""
    return reviewed(make_world(SEED, ASSETS_IN_PARALLEL=1))


@pytest.fixture
def undisturbed(make_world: Callable[..., World], kept: dict[str, Any]) -> dict[str, Any]:
    """How a world ends in which nobody is killed."""
    if not kept:
        clean = reviewed(make_world(SEED))
        clean.run(FLOW)
        kept.update(outcome(clean))
    return kept


@pytest.mark.parametrize(("step", "when"), sweep(ASKED, DONE, often=(UPLOAD, MOVE)))
def test_a_run_killed_at_a_request(world: World, undisturbed: dict[str, Any], step: Step, when: str) -> None:
    kill_at(world, step, when, flow=FLOW)
    world.run(FLOW)
    assert outcome(world) == undisturbed


@pytest.mark.sweep
@pytest.mark.parametrize("table", WRITTEN)
def test_a_run_killed_while_it_writes(world: World, undisturbed: dict[str, Any], table: str) -> None:
    kill_while_writing(world, table, flow=FLOW)
    world.run(FLOW)
    assert outcome(world) == undisturbed


def test_an_undisturbed_run_sends_both_back_and_makes_no_request_that_the_sweep_leaves_out(world: World) -> None:
    assert world.run(FLOW)["headline"] == "2 delivered; moved C000000303 A5→A6"
    whose = world.sql("SELECT original_filename, derivative_asset_id IS NOT NULL FROM rejected_assets")
    assert dict(whose) == {OURS: True, UNKNOWN: False}
    assert left_out(world, (*ASKED, *DONE)) == []


def reviewed(world: World) -> World:
    """Write down that the first of the rejected assets is a derivative that we have brought home."""
    tracking_id = HandedOut(world).of("Still.png")
    content = {"box_file_id": "1", "box_file_version_id": "1", "handed_in_filename": f"1_{OURS}", "box_sha1": "0" * 40}
    with world.store.transaction() as session:
        ((master_id,),) = world.sql("SELECT id FROM master_assets")
        key = {"tracking_id": tracking_id, "derivative_filename": OURS, "file_extension": ".png"}
        row: Any = {**key, **content, "master_asset_id": master_id, "file_size_bytes": 2_000}
        derivatives.expect(session, [row])
        found = derivatives.derivative(session, tracking_id, OURS)
        assert found is not None
        derivatives.record_arrived(session, found.id, world.node(OURS), content_md5="0" * 32)
    return world
