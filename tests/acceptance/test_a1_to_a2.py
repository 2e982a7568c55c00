"""A1 → A2, whole, over HTTP."""

import pytest

from tests.acceptance.outcome import outcome
from tests.acceptance.world import World


@pytest.mark.parametrize("dam_auth", ["oauth2", "mtls"])
def test_a_campaign_is_delivered_and_moved(world: World, dam_auth: str) -> None:
    report = world.run(dam_auth=dam_auth)
    assert report["headline"] == "3 delivered; moved C000000201 A1→A2"
    assert world.status() == {"C000000201": "A2"}
    seen = outcome(world)
    assert [path for path, _, _ in seen["box"]] == [
        "Local Masters/C000000201-Small_Campaign/Films/Cutdowns & Teasers/Spot 6S 16x9.mp4",
        "Local Masters/C000000201-Small_Campaign/Key Visual.png",
        "Local Masters/C000000201-Small_Campaign/Stills/Packshot Nüsse.jpg",
    ]
    assert seen["webhooks"][0]["new_status"] == "A2"
    assert len(seen["mails"]) == 1


def test_a_dry_run_writes_nothing_anywhere(world: World) -> None:
    before = outcome(world)
    report = world.run(dry_run=True)
    assert report["headline"] == "dry run: 3 planned"
    assert world.writes() == 0
    assert outcome(world) == before


def test_a_second_run_finds_nothing_to_do(world: World) -> None:
    world.run()
    once, writes = outcome(world), world.writes()
    assert world.run()["headline"] == "nothing to do"
    assert outcome(world) == once
    assert world.writes() == writes
