"""A master that a person has retired: its campaign goes on, and its files are refused with the reason."""

from collections.abc import Callable

import pytest

from tests.acceptance.campaigns import asset, campaign, seed
from tests.acceptance.command import content_scaling, of
from tests.acceptance.homeward import STILL, TITLE, Homeward
from tests.acceptance.world import World

NUMBER, WHY = "C000001501", "the market has dropped it"


@pytest.fixture
def home(make_world: Callable[..., World]) -> Homeward:
    """A campaign of two masters that have gone out."""
    return Homeward(make_world(seed(campaign(NUMBER, asset("Gone.png"), asset("Still.png"), status="A2"))))


def retire(home: Homeward, *options: str) -> None:
    """Answer y to the command."""
    arguments = ("campaign", "retire", NUMBER, home.of("Gone.png"), "--reason", WHY, *options)
    done = content_scaling(*arguments, environment=of(home.world), answers="y\n")
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.sweep
def test_its_campaign_moves_on_and_its_files_are_refused_with_the_reason_until_it_is_active_again(
    home: Homeward,
) -> None:
    home.drops.whole(home.of("Still.png"), STILL)
    home.run()
    assert home.status == "A2"
    retire(home)
    assert home.run()["headline"] == f"moved {NUMBER} A2→A3"

    late = STILL.replace("MOMENT", "LATE")
    file = home.drops.whole(home.of("Gone.png"), late)
    assert home.run()["headline"] == "1 failed"
    (remark,) = home.comments()[file.name]
    assert "its master Gone.png was retired 20" in remark
    assert WHY in remark
    assert f"{file.name} could not be uploaded" in home.world.mails()[-1]
    traced = content_scaling("trace", home.of("Gone.png"), environment=of(home.world))
    assert f"{file.name} was refused" in traced.stdout

    retire(home, "--undo")
    home.run()
    assert home.in_box() == []
    assert [item.name for item in home.in_dam()] == [TITLE.replace("MOMENT", "LATE"), TITLE]
