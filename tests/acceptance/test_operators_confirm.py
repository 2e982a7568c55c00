"""Moves by hand that are started from Prefect: the run waits until somebody has filled in its form."""

from collections.abc import Callable
from typing import Any

import pytest
from prefect.client.schemas.responses import SetStateStatus

from tests.acceptance.campaigns import campaign, seed
from tests.acceptance.operators import events, moves, waiting
from tests.acceptance.world import World

ONE, TWO = "C000002301", "C000002302"
MakeWorld = Callable[..., World]


@pytest.fixture
def world(make_world: MakeWorld) -> World:
    """Two campaigns, one with a name that is markup."""
    return make_world(seed(campaign(ONE, status="A3", name="One | *Two*"), campaign(TWO, status="A5")))


def test_the_form_says_what_would_be_moved_and_moves_what_is_left_in_it(world: World) -> None:
    with waiting(world, "reset-campaigns", ONE) as asked:
        description, schema = asked.said("description"), asked.said("schema")
        row = f"| {ONE} | One \\| \\*Two\\* | A3 | A1 | A3 may move to A4 or A5; A3 → A1 is not listed |"
        assert row in description
        assert f"| {TWO} | Campaign 302 | A5 | A1 |" in description
        assert ONE in schema
        assert TWO in schema

        good: dict[str, Any] = {"campaigns": [ONE], "name": "Kim", "reason": "again", "move_them": True}
        for wrong in (
            {"name": "  "},
            {"reason": ""},
            {"campaigns": ["C000000001"]},
            {"move_them": "perhaps"},
            {"unknown": 1},
        ):
            assert asked.answer(**good | wrong).status is SetStateStatus.REJECT, wrong
        assert asked.answer().status is SetStateStatus.REJECT
        assert world.writes() == 0
        assert asked.answer(**good).status is SetStateStatus.ACCEPT
        report = world.ended(*asked.run)
    assert report["headline"] == f"moved {ONE} A3→A1"
    assert [each["note"] for each in report["campaigns"]] == ["not confirmed: stays A5", "by force, by Kim: again"]
    assert world.status() == {ONE: "A1", TWO: "A5"}
    assert [(event["by"], event["reason"]) for event in events(world, ONE)] == [("Kim", "again")]


@pytest.mark.sweep
def test_a_no_moves_nothing_and_a_campaign_that_moved_meanwhile_is_told(world: World) -> None:
    no = {"campaigns": [ONE], "name": "Kim", "move_them": False}
    parameters = {"campaign": "one", "status": "A5"}
    with waiting(world, "set-campaign-status", ONE, **parameters) as asked:
        assert asked.answer(**no).status is SetStateStatus.ACCEPT
        report = world.ended(*asked.run)
    assert (report["state"], report["headline"]) == ("Completed", "1 campaign looked at, nothing moved")
    with waiting(world, "set-campaign-status", ONE, **parameters) as asked:
        world.twin.otmm.set_status(world.twin.campaigns[ONE], "A4")
        assert asked.answer(**no | {"move_them": True}).status is SetStateStatus.ACCEPT
        report = world.ended(*asked.run)
    assert report["campaigns"][0]["reason"].startswith("is A4 now, no longer A3")
    assert (world.status()[ONE], moves(world)) == ("A4", [])


@pytest.mark.sweep
def test_a_run_that_nobody_confirms_ends_in_good_order_and_has_moved_nothing(make_world: MakeWorld) -> None:
    world = make_world(seed(campaign(ONE, status="A3")), CONFIRMATION_WAIT_S=1)
    report = world.run("reset-campaigns", reason="again")
    assert (report["state"], report["headline"]) == ("Completed", "1 campaign looked at, nothing moved")
    assert report["campaigns"][0]["note"] == "nobody confirmed it in time: stays A3"
    assert world.writes() == 0
