"""Masters of which librarians check in new versions, and those that they take out of the folder."""

from collections.abc import Callable

from sandbox.blobs import GeneratedBlob
from tests.acceptance.campaigns import asset, campaign, seed
from tests.acceptance.world import World

NUMBER = "C000001701"


def test_new_versions_keep_their_tracking_ids_and_what_is_gone_keeps_no_campaign_waiting(
    make_world: Callable[..., World],
) -> None:
    masters = [asset("Key.png"), asset("Left.png"), *(asset(f"{name}.png", content="wrong checksum") for name in WRONG)]
    world = make_world(seed(campaign(NUMBER, *masters)))
    assert world.run()["headline"] == "2 delivered; 2 failed"
    before = ids(world)

    dam, folder = world.twin.otmm, world.node("01. Master Assets")
    for name in ("Sum.png", "Key.png"):
        dam.add_version(world.node(name), GeneratedBlob(f"new {name}", 3_000, "png"))
    for name in ("Gone.png", "Left.png"):
        dam.remove_from(folder, world.node(name))
    report = world.run()
    assert report["headline"] == f"2 delivered; 2 gone meanwhile; moved {NUMBER} A1→A2"
    assert ids(world) == before
    assert world.sql("SELECT original_filename, status, delivery_status FROM master_assets ORDER BY 1") == [
        ("Gone.png", "retired", "failed"),
        ("Key.png", "active", "delivered"),
        ("Left.png", "active", "delivered"),
        ("Sum.png", "active", "delivered"),
    ]
    assert {file.name: file.versions for file in world.twin.box.files_below("0")} == {
        f"Key_{before['Key.png']}.png": 2,
        f"Left_{before['Left.png']}.png": 1,
        f"Sum_{before['Sum.png']}.png": 1,
    }
    assert report["campaigns"][0]["warnings"].keys() == {"Gone.png", "Left.png"}
    (mail,) = world.twin.mail.with_subject("delivered to Box")
    assert f"content-scaling campaign retire {NUMBER} {before['Left.png']}" in " ".join(mail.text.split())
    why = "its asset is no longer in the campaign's folder in the DAM, and it was never delivered"
    told = world.sql("SELECT tracking_id, detail->>'reason' FROM asset_events WHERE event_type = 'master_retired'")
    assert told == [(before["Gone.png"], why)]


WRONG = ("Sum", "Gone")
"""Names of what never goes out as it is."""


def ids(world: World) -> dict[str, str]:
    """Tracking id of each master, by name."""
    return dict(world.sql("SELECT original_filename, tracking_id FROM master_assets"))
