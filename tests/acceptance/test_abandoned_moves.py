"""Moves that a killed run of an operator has left open are closed, and hold up no other workflow."""

from collections.abc import Callable
from typing import Any

import pytest

from db.leases import LeaseKeeper
from db.repositories.moves import plan_move
from tests.acceptance.campaigns import asset, campaign, seed
from tests.acceptance.watched import Watched, standing
from tests.acceptance.world import World

NUMBER = "C000001601"
FLOW = "set-campaign-status"


@pytest.fixture
def watched(make_world: Callable[..., World]) -> Watched:
    """A world whose only campaign, in A3, was looked at once."""
    found = Watched(make_world(seed(standing(NUMBER, "A3"))))
    found.run()
    return found


def plan(watched: Watched, workflow: str = FLOW, **statuses: str) -> None:
    """Write a move down, as a run that is killed then."""
    with watched.world.store.transaction() as session:
        plan_move(
            session,
            campaign_number=NUMBER,
            campaign_folder_id=watched.world.twin.campaigns[NUMBER],
            campaign_name="Campaign 601",
            workflow=workflow,
            detail={},
            **{"from_status": "A3", "to_status": "A1", **statuses},
        )


def state(watched: Watched) -> list[Any]:
    """States of the moves, then kinds of the events, then the stays that last."""
    moves = [state for (state,) in watched.world.sql("SELECT state FROM status_moves ORDER BY id")]
    return [moves, [kind for _, kind, _ in watched.events()], [stay[1] for stay in watched.stays() if stay[2]]]


def test_a_move_that_the_dam_shows_gets_its_receipt(watched: Watched) -> None:
    plan(watched)
    watched.move(NUMBER, "A1")
    report = watched.run()
    assert report["headline"] == f"moved {NUMBER} A3→A1"
    assert report["campaigns"][0]["note"] == "finished what an interrupted run had begun"
    assert state(watched) == [["done"], ["status_changed"], ["A1"]]


@pytest.mark.sweep
def test_a_move_that_the_dam_does_not_show_has_to_be_asked_for_again(watched: Watched) -> None:
    plan(watched)
    watched.run(dry_run=True)
    assert state(watched) == [["planned"], [], ["A3"]]
    report = watched.run()
    assert report["state"] == "Completed"
    said = f"{FLOW} had begun to move it from A3 to A1, and was killed before; where that is still wanted, ask for it"
    assert report["campaigns"][0]["note"] == f"{said} again"
    assert state(watched) == [["overtaken"], ["status_move_abandoned"], ["A3"]]
    assert watched.world.status() == {NUMBER: "A3"}
    assert watched.run()["headline"] == "nothing to do"


@pytest.mark.sweep
@pytest.mark.parametrize("now", ["A5", "gone"])
def test_a_move_that_was_overtaken_is_closed(watched: Watched, now: str) -> None:
    plan(watched)
    if now == "gone":
        watched.world.twin.otmm.set_deleted(watched.world.twin.campaigns[NUMBER], deleted=True)
    else:
        watched.move(NUMBER, now)
    watched.run()
    outside, lasting = ("campaign_gone", []) if now == "gone" else ("status_changed_outside", ["A5"])
    assert state(watched) == [["overtaken"], ["status_move_overtaken", outside], lasting]


@pytest.mark.sweep
def test_a_move_whose_run_is_alive_is_left_to_it(watched: Watched) -> None:
    plan(watched)
    keeper = LeaseKeeper(watched.world.store.url, "an operator's run")
    try:
        with keeper.holding(f"campaign/{NUMBER}"):
            assert watched.run()["headline"] == "nothing to do"
    finally:
        keeper.close()
    assert state(watched) == [["planned"], [], ["A3"]]


@pytest.mark.sweep
def test_moves_of_a_workflow_that_finishes_its_own_are_left_to_it(watched: Watched) -> None:
    plan(watched, "a2-to-a3")
    watched.run()
    assert state(watched) == [["planned"], [], ["A3"]]


@pytest.mark.sweep
def test_a_closed_move_holds_up_no_other_workflow(make_world: Callable[..., World]) -> None:
    watched = Watched(make_world(seed(campaign(NUMBER, asset("Key Visual.png")))))
    plan(watched, from_status="A1", to_status="A3")
    assert "is not written down yet" in watched.world.run("a1-to-a2")["campaigns"][0]["note"]
    watched.run()
    assert watched.world.run("a1-to-a2")["headline"] == f"1 already there; moved {NUMBER} A1→A2"
