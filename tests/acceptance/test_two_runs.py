"""Two runs over the same campaigns: each asset is carried once, and the end is that of one clean run."""

import os
import signal
from collections.abc import Callable
from typing import Any

import pytest

from sandbox.faults import Fault
from tests.acceptance.campaigns import asset, campaign, seed
from tests.acceptance.outcome import outcome
from tests.acceptance.world import RUN_S, World

SEED = seed(campaign("C000001001", asset("Film.mp4", 21_000_000), asset("Key Visual.png")))
MakeWorld = Callable[..., World]


@pytest.fixture
def undisturbed(make_world: MakeWorld, kept: dict[str, Any]) -> dict[str, Any]:
    """How a world ends in which one run is alone."""
    if not kept:
        clean = make_world(SEED)
        clean.run()
        kept.update(outcome(clean))
    return kept


@pytest.mark.sweep
def test_a_campaign_that_another_run_works_on_is_left_to_it(make_world: MakeWorld, undisturbed: dict[str, Any]) -> None:
    world = make_world(SEED)
    faults = world.twin.faults["otmm"]
    faults.add(Fault("hang", path="/contents$"))
    first = world.start()
    faults.wait_for_hang(RUN_S)
    second = world.run()
    faults.clear()
    assert "another run is working on it" in second["campaigns"][0]["note"]
    assert second["state"] == "Completed"
    assert world.ended(*first)["headline"] == "2 delivered; moved C000001001 A1→A2"
    assert outcome(world) == undisturbed


@pytest.mark.parametrize(
    ("service", "method", "path"),
    [
        pytest.param("otmm", "GET", "/contents$", marks=pytest.mark.sweep),
        pytest.param("box", "POST", "/files/content$", marks=pytest.mark.sweep),
        ("otmm", "PATCH", "/folders/"),
    ],
)
def test_a_run_that_wakes_up_after_it_was_given_up_changes_nothing_any_more(
    make_world: MakeWorld, undisturbed: dict[str, Any], service: str, method: str, path: str
) -> None:
    world = make_world(SEED, ASSETS_IN_PARALLEL=1)
    faults = world.twin.faults[service]
    faults.add(Fault("hang", method=method, path=path))
    process, answer = world.start()
    faults.wait_for_hang(RUN_S)
    os.kill(process.pid or 0, signal.SIGSTOP)
    try:
        world.sql("UPDATE leases SET expires_at = now() - interval '1 second'")
        assert world.run()["campaigns"][0]["moved"]
    finally:
        faults.clear()
        os.kill(process.pid or 0, signal.SIGCONT)
    late = world.ended(process, answer)
    assert "another run has taken it over" in late["campaigns"][0]["note"]
    assert outcome(world) == undisturbed
    assert world.sql("SELECT count(*) FROM asset_events WHERE event_type = 'delivered'") == [(2,)]
    assert world.sql("SELECT last_status FROM workflow_state") == [("A2",)]
