"""`content-scaling scores show` and `run creativex-scores`, for somebody at a terminal."""

import re
from collections.abc import Callable

import pytest

from sandbox.scorecards import Scorecards
from tests.acceptance.campaigns import asset, campaign, seed
from tests.acceptance.command import content_scaling, of
from tests.acceptance.homeward import STILL, TITLE, Homeward
from tests.acceptance.world import World

ROW = re.compile(r" {2,}")


@pytest.fixture
def home(make_world: Callable[..., World]) -> Homeward:
    """A campaign with one master that has gone out."""
    return Homeward(make_world(seed(campaign("C000002601", asset("Still.png"), status="A2"))))


def test_the_scores_of_a_file_are_read_and_shown_by_name_and_by_tracking_id(home: Homeward) -> None:
    cards, world = Scorecards(home.world.twin), of(home.world)
    cards.whole(TITLE, 70, creativex_id="4711", url="https://app.creativex.com/4711")
    cards.whole(TITLE, 82, creativex_id="4711", url="https://app.creativex.com/4711", name="second.pdf")
    done = content_scaling("run", "creativex-scores", environment=world)
    assert done.returncode == 0, done.stderr
    assert f"{TITLE}: 82, version 2" in done.stdout
    assert f"look at this: no file of the name {TITLE} is known" in done.stdout
    assert done.stdout.rstrip().endswith("creativex-scores: 2 read")

    home.drops.whole(home.of("Still.png"), STILL)
    home.run()
    for named in (TITLE, TITLE.lower(), TITLE.removesuffix(".png"), home.of("Still.png")):
        shown = content_scaling("scores", "show", named, environment=world | {"COLUMNS": "200"})
        assert shown.returncode == 0, shown.stderr
        lines = [ROW.split(line.strip()) for line in shown.stdout.splitlines()]
        assert lines[0] == [TITLE]
        assert [line[:3] for line in lines[2:4]] == [["1", "70", "superseded"], ["2", "82", "active"]]
        assert lines[3][4:] == ["4711", "https://app.creativex.com/4711"]
        assert f"{home.of('Still.png')}: the file is in the DAM with score 82, asset " in shown.stdout


@pytest.mark.sweep
def test_a_name_without_a_score_is_answered_with_the_nearest_ones(home: Homeward) -> None:
    Scorecards(home.world.twin).whole(TITLE, 70)
    home.world.run("creativex-scores")
    shown = content_scaling("scores", "show", TITLE.replace("MOMENT", "MOMNT"), environment=of(home.world))
    assert shown.returncode == 1
    assert f"nearest: {TITLE}" in shown.stdout
