"""A2 → A3, whole, over HTTP: localized files come home, and the campaign moves on at the last one."""

from collections.abc import Callable

import pytest

from tests.acceptance.campaigns import asset, campaign, seed
from tests.acceptance.homeward import FILM, STILL, TITLE, Homeward
from tests.acceptance.world import World
from tests.media import needs_ffprobe

NUMBER = "C000001301"

pytestmark = needs_ffprobe


@pytest.fixture
def home(make_world: Callable[..., World]) -> Homeward:
    """A campaign of two masters that have gone out."""
    return Homeward(make_world(seed(campaign(NUMBER, asset("Film.mp4"), asset("Still.png"), status="A2"))))


@pytest.mark.parametrize("dam_auth", ["oauth2", "mtls"])
def test_the_campaign_moves_on_at_its_last_derivative(home: Homeward, dam_auth: str) -> None:
    film = home.drops.whole(home.of("Film.mp4"), below=["Week 12"])
    report = home.run(dam_auth=dam_auth)
    assert report["headline"] == "1 delivered"
    assert report["campaigns"][0]["note"] == "1 of 2 masters have come back; waiting for Still.png"
    assert (home.status, home.in_box()) == ("A2", [])

    still = home.drops.whole(home.of("Still.png"), STILL)
    assert home.run(dam_auth=dam_auth)["headline"] == f"1 delivered; moved {NUMBER} A2→A3"
    assert home.status == "A3"
    found = home.in_dam()
    assert [(item.name, item.sha1) for item in found] == [(FILM, film.sha1), (TITLE, still.sha1)]
    assert {item.state for item in found} == {"LOCAL"}
    assert home.in_box() == []
    assert home.world.mails() == [
        f"{NUMBER} Campaign 301: {FILM} is in the DAM (1 of 2 masters back), with 1 warning",
        f"{NUMBER} Campaign 301: {TITLE} is in the DAM (2 of 2 masters back), with 3 warnings",
        f"{NUMBER} Campaign 301: 2 localized files in the DAM (A2 → A3)",
    ]
    (hook,) = home.world.twin.hooks.deliveries
    assert (hook.body["old_status"], hook.body["new_status"], hook.body["processed_assets"]) == ("A2", "A3", 2)


def test_a_second_run_finds_nothing_to_do(home: Homeward) -> None:
    home.drops.whole(home.of("Film.mp4"))
    home.run()
    writes, mails = home.world.writes(), home.world.mails()
    report = home.run()
    assert (report["state"], report["headline"]) == ("Completed", "nothing to do")
    assert (home.world.writes(), home.world.mails()) == (writes, mails)


def test_two_runs_at_once_bring_each_file_once(home: Homeward) -> None:
    film, still = home.drops.whole(home.of("Film.mp4")), home.drops.whole(home.of("Still.png"), STILL)
    for started in [home.world.start("a2-to-a3"), home.world.start("a2-to-a3")]:
        home.world.ended(*started)
    assert [(item.name, item.sha1) for item in home.in_dam()] == [(FILM, film.sha1), (TITLE, still.sha1)]
    assert (home.status, home.in_box()) == ("A3", [])
    subjects = [mail.subject for mail in home.world.twin.mail.mails]
    assert len(subjects) == len(set(subjects)) == 3
    assert len(home.world.twin.hooks.deliveries) == 1
