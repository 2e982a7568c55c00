"""Reworks: a derivative that was rejected goes back under its tracking id, and what is made of it comes home."""

from collections.abc import Callable
from typing import Any

import pytest

from sandbox.drops import Drops
from sandbox.librarian import Librarian
from tests.acceptance.campaigns import asset, campaign, finals, rejected, seed
from tests.acceptance.homeward import STILL, TITLE, Homeward
from tests.acceptance.world import World

NUMBER = "C000000502"
SEED = seed(campaign(NUMBER, asset("Still.png"), status="A2"))
BACK, SENT_BACK = "a2-to-a3", "a5-to-a6"
MakeWorld = Callable[..., World]


class Round:
    """A campaign whose one derivative is home, and a librarian who looks at it."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.home = Homeward(world)
        self.librarian = Librarian(world.twin)
        self.home.drops.whole(self.home.of("Still.png"), STILL, size=20_000)
        self.home.run()
        assert self.home.status == "A3"

    def reject(self, asset: str = TITLE, **comments: str) -> dict[str, Any]:
        """Reject an asset, and have it sent back."""
        self.librarian.review(NUMBER, asset, "NOT APPROVED", **comments)
        self.librarian.set_status(NUMBER, "A5")
        return self.world.run(SENT_BACK)

    def rework(self, seed: str) -> dict[str, Any]:
        """Hand in other content under the same name, and have it brought home."""
        self.home.drops.whole(self.home.of("Still.png"), STILL, size=20_000, seed=seed)
        return self.home.run()

    def revisions(self) -> list[str]:
        """Names of the files in the folder of revisions."""
        folder = self.world.twin.box_folders["BOX_FOLDER_REVISIONS"]
        return [file.name for file in self.world.twin.box.files_below(folder)]

    def newest(self) -> str:
        """The asset that the derivative is now."""
        ((asset_id,),) = self.world.sql("SELECT dam_asset_id FROM derivative_assets")
        return str(asset_id)


@pytest.fixture
def round_(make_world: MakeWorld) -> Round:
    """The round in a world of its own."""
    return Round(make_world(SEED))


def test_a_rework_goes_back_under_the_tracking_id_of_its_master_and_comes_home_as_a_new_asset(round_: Round) -> None:
    report = round_.reject(legal="The disclaimer is missing")
    assert report["headline"] == f"1 delivered; moved {NUMBER} A5→A6"
    assert round_.revisions() == [TITLE.replace(".png", f"_{round_.home.of('Still.png')}.png")]
    assert round_.world.sql("SELECT count(*) FROM master_assets") == [(1,)]
    assert "The disclaimer is missing" in round_.world.twin.mail.with_subject("A5")[-1].text

    report = round_.rework("with a disclaimer")
    assert (report["headline"], round_.home.status) == ("1 delivered", "A6")
    assert "every reworked file is back" in report["campaigns"][0]["note"]
    assert len(round_.home.in_dam()) == 2
    told = round_.world.twin.mail.with_subject("reworked")[-1]
    assert "A3" not in told.subject
    assert "librarian" in told.text


@pytest.mark.sweep
def test_where_the_settings_ask_for_it_the_last_rework_moves_the_campaign_on(make_world: MakeWorld) -> None:
    round_ = Round(make_world(SEED, REWORK_TO_A3="true"))
    round_.reject(approver="No")
    report = round_.rework("better")
    assert (report["headline"], round_.home.status) == (f"1 delivered; moved {NUMBER} A6→A3", "A3")
    hooks = [(hook.body["old_status"], hook.body["new_status"]) for hook in round_.world.twin.hooks.deliveries]
    assert hooks == [("A2", "A3"), ("A6", "A3")]
    assert TITLE in round_.world.twin.mail.with_subject("(A6 → A3)")[-1].text


@pytest.mark.sweep
def test_what_a_later_upload_has_replaced_does_not_go_back_again(round_: Round) -> None:
    round_.reject(legal="No")
    round_.rework("better")
    round_.librarian.set_status(NUMBER, "A5")
    replaced = round_.world.run(SENT_BACK)
    assert replaced["headline"] == "1 replaced meanwhile"
    assert replaced["campaigns"][0]["note"] == "no rejected asset"
    assert round_.home.status == "A5"

    report = round_.reject(round_.newest(), approver="Still not good")
    assert report["headline"] == f"1 delivered; 1 replaced meanwhile; moved {NUMBER} A5→A6"
    assert len(round_.revisions()) == 1, "the newest content is a new version of the file"
    assert "Still not good" in round_.world.twin.mail.with_subject("A5")[-1].text
    assert round_.rework("best")["campaigns"][0]["note"].startswith("every reworked file is back")
    assert round_.world.sql("SELECT count(*), count(returned_at) FROM rejected_assets") == [(2, 2)]


@pytest.mark.sweep
def test_the_same_content_handed_in_again_answers_no_rejection(round_: Round) -> None:
    round_.reject(legal="No")
    report = round_.rework(seed="")
    assert report["headline"] == "1 already there"
    assert round_.world.sql("SELECT count(returned_at) FROM rejected_assets") == [(0,)]
    assert len(round_.home.in_dam()) == 1
    assert f"0 of 1 reworked files are back; waiting for {TITLE}" in report["campaigns"][0]["note"]


def test_a_campaign_in_rework_waits_for_all_of_it(make_world: MakeWorld) -> None:
    folder = finals(rejected("One.png", legal="No"), rejected("Two.png", legal="No"))
    world = make_world(seed(campaign(NUMBER, status="A5", folders=[folder])), REWORK_TO_A3="true")
    world.run(SENT_BACK)
    ids = dict(world.sql("SELECT original_filename, tracking_id FROM master_assets"))
    drops = Drops(world.twin)
    drops.whole(ids["One.png"], STILL, size=20_000)
    world.run(BACK)
    assert world.status() == {NUMBER: "A6"}
    assert "Two.png" in world.twin.mail.with_subject("1 of 2 reworked files back")[-1].text
    drops.whole(ids["Two.png"], STILL, size=20_000)
    assert world.run(BACK)["headline"] == f"1 delivered; moved {NUMBER} A6→A3"
