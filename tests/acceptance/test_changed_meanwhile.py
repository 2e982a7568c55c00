"""What people change in the DAM while a run is at work: it is left as they want it, and told."""

from collections.abc import Callable
from typing import Any

import pytest

from sandbox.blobs import GeneratedBlob
from sandbox.faults import Fault
from tests.acceptance.campaigns import asset, campaign, seed
from tests.acceptance.outcome import outcome
from tests.acceptance.world import RUN_S, World

NUMBER = "C000000601"
READ_CAMPAIGN = "/folders/[0-9a-f]{40}$"


@pytest.fixture
def world(make_world: Callable[..., World]) -> World:
    """A world with one campaign of one master."""
    return make_world(seed(campaign(NUMBER, asset("Key Visual.png"))))


def run_held_at(world: World, fault: Fault, meanwhile: Callable[[], object]) -> dict[str, Any]:
    """Run, do something while the DAM holds a request, and return the report."""
    faults = world.twin.faults["otmm"]
    faults.add(fault)
    process, answer = world.start()
    try:
        faults.wait_for_hang(RUN_S)
        meanwhile()
    finally:
        faults.clear()
    return world.ended(process, answer)


def test_a_campaign_that_was_moved_before_the_search_index_knows_it_is_left_alone(world: World) -> None:
    world.twin.settings.otmm.index_delay_s = 3600
    world.twin.otmm.set_status(world.twin.campaigns[NUMBER], "A3")
    report = world.run()
    assert report["campaigns"][0]["note"] == "is A3 now, no longer A1"
    assert report["state"] == "Completed"
    assert world.mails() == []
    assert world.writes() == 0


@pytest.mark.sweep
def test_a_run_before_the_search_index_knows_our_own_move_finds_nothing_to_do(world: World) -> None:
    world.twin.settings.otmm.index_delay_s = 3600
    world.run()
    once = outcome(world)
    report = world.run()
    assert (report["state"], report["campaigns"][0]["reason"]) == ("Completed", None)
    assert outcome(world) == once


@pytest.mark.parametrize(
    "moment",
    [
        Fault("hang", method="GET", path=READ_CAMPAIGN, skip=1),
        Fault("hang", method="PATCH", path=READ_CAMPAIGN, when="after"),
    ],
    ids=["before our move", "right after it"],
)
@pytest.mark.sweep
def test_a_campaign_that_a_librarian_moves_at_the_end_of_a_delivery_stays_as_it_is(world: World, moment: Fault) -> None:
    report = run_held_at(world, moment, lambda: world.twin.otmm.set_status(world.twin.campaigns[NUMBER], "A5"))
    assert report["state"] == "Partial"
    assert "was changed by somebody else meanwhile: now A5" in report["campaigns"][0]["reason"]
    assert world.mails() == [f"{NUMBER} Campaign 601: could not be worked on"]
    assert outcome(world)["moves"] == [(NUMBER, "A1", "A2", "overtaken")]

    assert world.run()["headline"] == "nothing to do"
    assert world.status() == {NUMBER: "A5"}
    assert len(world.mails()) == 1
    assert world.twin.hooks.deliveries == []


@pytest.mark.sweep
def test_assets_added_during_a_run_keep_the_campaign_until_they_are_delivered_too(world: World) -> None:
    folder = world.node("01. Master Assets")
    late = GeneratedBlob("late", 3_000, "png")
    report = run_held_at(
        world, Fault("hang", path="/contents$"), lambda: world.twin.otmm.add_asset(folder, "Late.png", late)
    )
    assert report["headline"] == "1 delivered"
    assert "added during the run" in report["campaigns"][0]["note"]
    assert (world.status(), world.mails()) == ({NUMBER: "A1"}, [])

    assert world.run()["headline"] == f"1 delivered; 1 already there; moved {NUMBER} A1→A2"
    assert world.mails() == [f"{NUMBER} Campaign 601: 2 masters delivered to Box (A1 → A2)"]


@pytest.mark.sweep
def test_a_planned_move_of_a_campaign_that_is_gone_is_told_once_and_closed(world: World) -> None:
    faults = world.twin.faults["otmm"]
    faults.add(Fault("hang", method="PATCH"))
    world.kill_when(lambda: faults.wait_for_hang(RUN_S))
    world.twin.otmm.set_hidden(world.twin.campaigns[NUMBER], hidden=True)
    faults.clear()
    assert world.run()["headline"] == f"could not work on {NUMBER}"
    assert world.run()["headline"] == "nothing to do"
    assert world.mails() == [f"{NUMBER} Campaign 601: could not be worked on"]
    assert outcome(world)["moves"] == [(NUMBER, "A1", "A2", "overtaken")]
