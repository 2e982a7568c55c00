"""B1 → B2: the masters of a global campaign go out from its final assets."""

from collections.abc import Callable

import pytest

from tests.acceptance.campaigns import asset, campaign, finals, masters, seed
from tests.acceptance.kills import Step, kill_at
from tests.acceptance.outcome import outcome
from tests.acceptance.world import World

NUMBER = "C000000068"
GLOBAL = campaign(
    NUMBER,
    type="Global comm",
    status="B1",
    folders=[
        masters(asset("Working file.zip")),
        finals(asset("Key Visual.png", creativex={"score": 82}), films=[asset("Spot 6S.mp4", 30_000)]),
    ],
)
LOCAL = campaign("C000000069", asset("Local.png"), status="B1")
EMPTY = campaign("C000000070", type="Global comm", status="B1")
FOLDER = "Global Masters/MASTERS_C000000068-Campaign_068"


@pytest.fixture
def world(make_world: Callable[..., World]) -> World:
    """A world with a global campaign that is ready, one that is empty, and a local one in B1."""
    return make_world(seed(GLOBAL, LOCAL, EMPTY))


def test_global_masters_arrive_in_a_folder_of_their_own_are_told_by_mail_and_to_no_webhook(world: World) -> None:
    report = world.run("b1-to-b2")
    assert report["headline"] == f"2 delivered; moved {NUMBER} B1→B2"
    assert world.status() == {NUMBER: "B2", "C000000069": "B1", "C000000070": "B1"}
    assert sorted(world.in_box()) == [f"{FOLDER}/Films/Spot 6S.mp4", f"{FOLDER}/Key Visual.png"]
    assert world.not_as_in_the_dam() == []
    assert world.mails() == [f"{NUMBER} Campaign 068: 2 global masters delivered to Box (B1 → B2)"]
    assert world.twin.hooks.deliveries == []

    once, writes = outcome(world), world.writes()
    assert world.run("b1-to-b2")["campaigns"][0]["note"] == "no assets yet"
    assert (outcome(world)["masters"], world.writes()) == (once["masters"], writes)


def test_the_score_that_a_global_master_carries_is_kept(world: World) -> None:
    world.run("b1-to-b2")
    rows = world.sql("SELECT filename, quality_score, status FROM creativex_scores")
    assert [(name, int(score), status) for name, score, status in rows] == [("Key Visual.png", 82, "master-cx-score")]


@pytest.mark.sweep
def test_local_and_global_campaigns_are_each_taken_by_their_own_workflow(make_world: Callable[..., World]) -> None:
    ready = campaign("C000000071", asset("Local.png"))
    world = make_world(seed(GLOBAL, ready))
    world.run()
    assert world.status() == {NUMBER: "B1", "C000000071": "A2"}
    world.run("b1-to-b2")
    assert world.status() == {NUMBER: "B2", "C000000071": "A2"}


def test_a_dry_run_behind_the_certificate_plans_and_writes_nothing(world: World) -> None:
    report = world.run("b1-to-b2", campaign=NUMBER, dry_run=True, dam_auth="mtls")
    assert report["headline"] == "dry run: 2 planned"
    assert report["campaigns"][0]["note"] == "would move to B2"
    assert (world.writes(), world.sql("SELECT count(*) FROM master_assets")) == (0, [(0,)])


@pytest.mark.sweep
def test_an_empty_global_campaign_is_told_once_after_its_time(world: World) -> None:
    world.run("b1-to-b2", campaign="C000000070")
    world.sql("UPDATE facts SET first_seen_at = first_seen_at - interval '61 minutes'")
    world.run("b1-to-b2", campaign="C000000070")
    world.run("b1-to-b2", campaign="C000000070")
    assert world.mails() == ["C000000070 Campaign 070: is B1 but has no global masters"]


DONE = (
    Step("the campaign's folder in Box", "box", "POST", "/2.0/folders$"),
    Step("the first upload", "box", "POST", "/files/content$"),
    Step("the second upload", "box", "POST", "/files/content$", 2),
    Step("the status in the DAM", "otmm", "PATCH", "/folders/"),
    Step("the mail", "smtp", "DATA", ""),
)
"""Requests that change something; the others are those of a1-to-a2."""


@pytest.mark.sweep
@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("step", DONE, ids=lambda step: step.what)
def test_a_run_killed_at_a_request(make_world: Callable[..., World], step: Step, when: str) -> None:
    clean = make_world(seed(GLOBAL))
    clean.run("b1-to-b2")
    world = make_world(seed(GLOBAL), ASSETS_IN_PARALLEL=1)
    kill_at(world, step, when, flow="b1-to-b2")
    world.run("b1-to-b2")
    assert outcome(world) == outcome(clean)
