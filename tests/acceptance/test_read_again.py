"""Campaigns that are set back to A1: their masters are read again, and what Box has lost is brought there again."""

from collections.abc import Callable

from tests.acceptance.campaigns import asset, campaign, seed
from tests.acceptance.world import World

NUMBER = "C000001801"
DESCRIPTION = "ARTESIA.FIELD.ASSET DESCRIPTION"


def test_a_campaign_that_is_set_back_is_read_once_more_and_what_is_missing_in_box_goes_there_again(
    make_world: Callable[..., World],
) -> None:
    world = make_world(seed(campaign(NUMBER, asset("Kept.png"), asset("Lost.png"))))
    assert world.run()["headline"] == f"2 delivered; moved {NUMBER} A1→A2"

    dam, folder = world.twin.otmm, world.twin.campaigns[NUMBER]
    kept = world.node("Kept.png")
    dam.set_values(kept, {DESCRIPTION: "corrected"})
    dam.remove_from(folder, world.node("02. Final Assets"))
    finals = dam.add_folder(folder, "Final Assets, new")
    (lost,) = [file for file in world.twin.box.files_below("0") if file.name.startswith("Lost")]
    world.twin.box.tree.delete_file(lost.id)
    dam.add_asset(world.node("01. Master Assets"), "Late.png", None)
    dam.set_status(folder, "A1")
    assert world.run()["headline"] == "1 delivered; 1 already there; 1 failed"
    rows = world.sql("SELECT original_filename, description, upload_directory FROM master_assets ORDER BY 1")
    assert rows == [("Kept.png", "corrected", finals), ("Lost.png", "Master", finals)]
    assert len(world.in_box()) == 2
    assert world.not_as_in_the_dam() == []

    asked = len(requests_about(world, kept))
    assert world.run()["headline"] == "2 already there; 1 failed"
    assert len(requests_about(world, kept)) == asked, "once in each stay, not by each poll"


def requests_about(world: World, asset_id: str) -> list[str]:
    """What the DAM was asked about one asset."""
    return [seen.path for seen in world.twin.faults["otmm"].requests if asset_id in seen.path]
