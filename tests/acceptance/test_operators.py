"""Campaigns moved by hand: which are meant, what the status machine says, and what is kept of it."""

from collections.abc import Callable
from typing import Any

import pytest

from sandbox.faults import Fault
from tests.acceptance.campaigns import asset, campaign, seed
from tests.acceptance.kills import Step, kill_at
from tests.acceptance.operators import ME, events, moves
from tests.acceptance.world import RUN_S, World

SPRING, SUMMER, GLOBAL = "C000002101", "C000002102", "C000002103"
READ_CAMPAIGN = "/folders/[0-9a-f]{40}$"
PATCH = Step("the status in the DAM", "otmm", "PATCH", "/folders/")
MakeWorld = Callable[..., World]


def named(number: str, name: str, **more: Any) -> dict[str, Any]:
    """A campaign without assets."""
    return campaign(number, **{"name": name, **more})


SEED = seed(
    named(SPRING, "Spring in Bloom"),
    named(SUMMER, "Summer after Spring", status="A4"),
    named(GLOBAL, "Global Comm", status="B1", type="Global comm"),
)


@pytest.fixture
def world(make_world: MakeWorld) -> World:
    """Three campaigns, in A1, A4 and B1."""
    return make_world(SEED)


def set_status(world: World, number: str, seen: str, status: str, **more: Any) -> dict[str, Any]:
    """Run a move that was confirmed when the campaign was seen in a status."""
    confirmed = (f"{number} {seen}",)
    return world.run("set-campaign-status", campaign=number, status=status, confirmed=confirmed, operator=ME, **more)


def test_a_listed_move_is_made_and_kept_with_who_and_why_and_nobody_is_told(world: World) -> None:
    report = set_status(world, SPRING, "A1", "A2", reason="handed out by hand")
    assert (report["state"], report["headline"]) == ("Completed", f"moved {SPRING} A1→A2")
    assert report["campaigns"][0]["note"] == f"by {ME}: handed out by hand"
    assert world.status() == {SPRING: "A2", SUMMER: "A4", GLOBAL: "B1"}
    (event,) = events(world, SPRING)
    assert event == {
        **{"from": "A1", "to": "A2", "workflow": "set-campaign-status"},
        **{"by": ME, "reason": "handed out by hand", "forced": False},
    }
    assert moves(world) == [(SPRING, "A1", "A2", "done")]
    assert (world.sql("SELECT key FROM outbox"), world.twin.hooks.deliveries) == ([], [])

    again = set_status(world, SPRING, "A1", "A2")
    assert again["campaigns"][0]["note"] == "is A2 already"
    assert len(events(world, SPRING)) == 1


def test_an_unlisted_move_is_refused_with_the_rule_unless_it_is_forced_with_a_reason(world: World) -> None:
    report = set_status(world, SPRING, "A1", "A5")
    reason = f"{SPRING}: A1 may move to A2; A1 → A5 is not listed; it can be made by force, with a reason"
    assert (report["state"], report["campaigns"][0]["reason"]) == ("Partial", reason)
    confirmed = {"confirmed": (f"{SPRING} A1",), "campaign": SPRING, "status": "A5", "force": True}
    assert "reason: not given; a move that" in world.failure("set-campaign-status", operator=ME, **confirmed)
    assert "operator: not given" in world.failure("set-campaign-status", reason="why", **confirmed)
    assert (world.writes(), world.status()[SPRING]) == (0, "A1")

    report = set_status(world, SPRING, "A1", "A5", force=True, reason="rejected by phone")
    assert report["campaigns"][0]["note"] == f"by force, by {ME}: rejected by phone"
    assert world.status()[SPRING] == "A5"
    assert events(world, SPRING)[0]["forced"] is True


def test_of_several_campaigns_that_match_none_is_taken_and_none_that_matches_is_told(world: World) -> None:
    several = world.run("set-campaign-status", campaign="spring", status="A2")
    assert several["state"] == "Partial"
    assert several["headline"] == (
        f"2 campaigns match 'spring', and none was taken: {SPRING} Spring in Bloom (A1), "
        f"{SUMMER} Summer after Spring (A4); give the number of the one that is meant"
    )
    none = world.run("set-campaign-status", campaign="winter", status="A2")
    assert none["headline"].startswith("no campaign has the number 'winter', nor")
    assert none["state"] == "Partial"
    elsewhere = world.run("advance-campaigns", campaign="Comm")
    takes = "advance-campaigns takes A1 here"
    assert elsewhere["headline"] == f"{takes}, and 'Comm' matches {GLOBAL} Global Comm (B1)"
    assert world.writes() == 0


@pytest.mark.parametrize("dam_auth", ["oauth2", "mtls"])
def test_a_dry_run_says_what_would_be_moved_and_writes_nothing(world: World, dam_auth: str) -> None:
    report = world.run("reset-campaigns", dry_run=True, dam_auth=dam_auth)
    assert report["headline"] == "dry run: 1 campaign looked at, nothing moved"
    note = "would move A4 → A1 by force: A4 may move to A5; A4 → A1 is not listed"
    assert [(each["number"], each["note"]) for each in report["campaigns"]] == [(SUMMER, note)]
    assert world.writes() == 0
    assert moves(world) == world.sql("SELECT id FROM asset_events") == world.sql("SELECT * FROM workflow_state") == []


def test_only_campaigns_in_the_statuses_asked_for_are_reset(make_world: MakeWorld) -> None:
    statuses = {f"C00000220{place}": f"A{place}" for place in range(1, 7)}
    world = make_world(seed(*(named(number, "Same", status=status) for number, status in statuses.items())))
    confirmed = tuple(f"{number} {status}" for number, status in statuses.items())
    asked = {"reason": "start over", "confirmed": confirmed, "operator": ME}
    report = world.run("reset-campaigns", status=("A3", "A5"), **asked)
    assert report["headline"].startswith("moved C000002203 A3→A1, C000002205 A5→A1; could not work on C000002201")
    assert sorted(world.status().values()) == ["A1", "A1", "A1", "A2", "A4", "A6"]
    assert events(world, "C000002203")[0]["forced"] is True


def test_a_campaign_that_changed_since_it_was_confirmed_is_left_alone_and_told(world: World) -> None:
    report = set_status(world, SUMMER, "A3", "A1", force=True, reason="again")
    assert (report["state"], report["campaigns"][0]["number"]) == ("Partial", SUMMER)
    assert report["campaigns"][0]["reason"] == "is no longer A3, as when it was agreed to, so it was not moved"

    faults = world.twin.faults["otmm"]
    faults.add(Fault("hang", path=READ_CAMPAIGN, skip=1))  # after the search, under the lease
    confirmed = (f"{SPRING} A1",)
    run = world.start("advance-campaigns", reason="hurry", confirmed=confirmed, operator=ME)
    try:
        faults.wait_for_hang(RUN_S)
        world.twin.otmm.set_status(world.twin.campaigns[SPRING], "A2")
    finally:
        faults.clear()
    report = world.ended(*run)
    reason = "is A2 now, no longer A1 as when it was agreed to, so it was not moved"
    assert report["campaigns"][0]["reason"] == reason
    assert (world.status()[SPRING], moves(world)) == ("A2", [])


@pytest.mark.sweep
def test_a_campaign_that_the_dam_refuses_to_move_keeps_no_other_from_moving(make_world: MakeWorld) -> None:
    world = make_world(seed(named(SPRING, "One"), named(SUMMER, "Two")))
    refusal = {"exception_body": {"http_response_code": 500, "message": "A rule of the DAM.", "error_code": 1}}
    faults = world.twin.faults["otmm"]
    faults.add(Fault("status", method="PATCH", status=500, body=refusal))
    confirmed = (f"{SPRING} A1", f"{SUMMER} A1")
    report = world.run("advance-campaigns", reason="hurry", confirmed=confirmed, operator=ME)
    assert report["headline"] == f"moved {SUMMER} A1→A3; could not work on {SPRING}"
    assert "A rule of the DAM" in report["campaigns"][0]["reason"]

    # What was planned and never made is no reason not to move it elsewhere.
    report = set_status(world, SPRING, "A1", "A2")
    assert report["headline"] == f"moved {SPRING} A1→A2"
    assert [state for *_, state in moves(world)] == ["overtaken", "done", "done"]


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_run_killed_at_the_move_is_settled_by_the_next_run_of_any_operator(world: World, when: str) -> None:
    parameters = {"campaign": SPRING, "reason": "hurry", "confirmed": (f"{SPRING} A1",), "operator": ME}
    kill_at(world, PATCH, when, flow="advance-campaigns", **parameters)
    assert moves(world) == [(SPRING, "A1", "A3", "planned")]
    report = world.run("set-campaign-status", campaign=GLOBAL, status="B1")
    if when == "after":
        assert report["headline"] == f"moved {SPRING} A1→A3"
        assert moves(world) == [(SPRING, "A1", "A3", "done")]
        assert [(event["by"], event["reason"]) for event in events(world, SPRING)] == [(ME, "hurry")]
    else:
        assert "ask for it again" in report["campaigns"][0]["note"]
        assert moves(world) == [(SPRING, "A1", "A3", "overtaken")]
        assert len(events(world, SPRING, "status_move_abandoned")) == 1
    assert world.status()[SPRING] == ("A3" if when == "after" else "A1")


@pytest.mark.sweep
def test_a_move_by_hand_overtakes_one_that_a_workflow_has_planned_and_not_made(make_world: MakeWorld) -> None:
    world = make_world(seed(campaign(SPRING, asset("Still.png"))))
    kill_at(world, PATCH, "before", flow="a1-to-a2")
    report = set_status(world, SPRING, "A1", "A3", force=True, reason="done elsewhere")
    assert report["headline"] == f"moved {SPRING} A1→A3"
    assert [(*move[1:],) for move in moves(world)] == [("A1", "A2", "overtaken"), ("A1", "A3", "done")]
    assert world.run()["headline"] == "nothing to do"
