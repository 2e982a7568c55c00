"""A Box that is busy, full, forgetful or cut off: each asset arrives once, whole, or is told."""

from collections.abc import Callable

import pytest

from domain.box_names import tracked_name
from sandbox.blobs import GeneratedBlob
from sandbox.faults import Fault
from tests.acceptance.campaigns import asset, campaign, seed
from tests.acceptance.outcome import outcome
from tests.acceptance.world import World

LARGE = 21_000_000
MakeWorld = Callable[..., World]


@pytest.mark.sweep
def test_disturbances_at_box_leave_no_trace(make_world: MakeWorld) -> None:
    assets = [asset("a.png"), asset("b.png"), asset("c.png"), asset("d.mp4", LARGE), asset("e.mp4", LARGE)]
    world = make_world(seed(campaign("C000000801", *assets)), ASSETS_IN_PARALLEL=1, PARTS_IN_FLIGHT=1)
    settings, faults = world.twin.settings.box, world.twin.faults["box"]
    settings.commit_waits, settings.commit_retry_after, settings.commit_mismatches = 1, "0", 1
    for fault in (
        Fault("after", method="POST", path="/2.0/folders$", status=502, retry_after="0"),
        Fault("status", method="POST", path="/files/content$", status=429, retry_after="1"),
        Fault("after", method="POST", path="/files/content$", status=502, retry_after="0"),
        Fault("cut", method="POST", path="/files/content$"),
        Fault("cut", method="POST", path="/upload_sessions$"),
        Fault("status", method="PUT", status=500, retry_after="0"),
        Fault("cut", method="PUT", path="/upload_sessions/"),
        Fault("cut", method="POST", path="/commit$", skip=2),
        Fault("after", method="POST", path="/commit$", status=502, retry_after="0", skip=5),
    ):
        faults.add(fault)
    report = world.run()
    assert [rule.hits for rule in faults.rules] == [1] * len(faults.rules)
    assert (report["state"], report["headline"]) == ("Completed", "5 delivered; moved C000000801 A1→A2")
    assert [path.rpartition("/")[2] for path in world.in_box()] == ["a.png", "b.png", "c.png", "d.mp4", "e.mp4"]
    assert world.not_as_in_the_dam() == []
    assert outcome(world)["parts left at Box"] == 0


@pytest.mark.sweep
def test_a_full_box_is_told_once_and_filled_when_there_is_room(make_world: MakeWorld) -> None:
    assets = [asset("Small.png"), asset("Still.png", 90_000), asset("F.mp4", LARGE)]
    world = make_world(seed(campaign("C000000802", *assets)))
    world.twin.box.quota_bytes = 10_000
    report = world.run()
    fates = report["campaigns"][0]["assets"]
    assert [fates[name][0] for name in ("Small.png", "Still.png", "F.mp4")] == ["delivered", "failed", "failed"]
    assert "storage_limit_exceeded" in fates["Still.png"][1]
    assert "storage_limit_exceeded" in fates["F.mp4"][1]
    assert "Free space or raise the quota" in world.twin.mail.mails[0].text
    world.run()
    assert world.mails() == ["C000000802 Campaign 802: 2 of 3 masters not delivered, stays A1"]

    world.twin.box.quota_bytes = None
    assert world.run()["headline"] == "2 delivered; 1 already there; moved C000000802 A1→A2"
    assert world.not_as_in_the_dam() == []


@pytest.mark.sweep
def test_a_file_that_is_there_is_adopted_and_one_with_other_content_gets_a_new_version(make_world: MakeWorld) -> None:
    names = ["Same.png", "Other.png", "Same.mp4", "Other.mp4"]
    world = make_world(
        seed(campaign("C000000803", *(asset(name, LARGE if name.endswith("mp4") else 4_000) for name in names)))
    )
    faults = world.twin.faults["box"]
    for path in ("/files/content$", "/upload_sessions$"):
        faults.add(Fault("status", method="POST", path=path, status=403, times=None))
    assert "4 failed" in world.run()["headline"]
    faults.clear()
    (folder,) = world.twin.box.tree.children(world.twin.box_folders["BOX_FOLDER_LOCAL_MASTERS"])
    masters = world.sql("SELECT opentext_id, original_filename, tracking_id FROM master_assets")
    for asset_id, name, tracking_id in masters:
        content = world.twin.otmm.tree.nodes[asset_id].content
        assert content is not None
        other = GeneratedBlob("other", content.blob.size, name[-3:])
        there = content.blob if name.startswith("Same") else other
        world.twin.box.add_file(folder.id, tracked_name(name, tracking_id), there)

    assert world.run()["headline"] == "4 delivered; moved C000000803 A1→A2"
    versions = {file.name[:5].rstrip("_"): file.versions for file in world.twin.box.files_below("0")}
    assert versions == {"Same": 1, "Other": 2}
    assert len(world.not_as_in_the_dam()) == 2, "the two that have two versions"
    assert world.twin.box.bytes_received["part"] == LARGE


@pytest.mark.sweep
def test_a_box_that_is_down_is_told_only_when_it_stays_so(make_world: MakeWorld) -> None:
    world = make_world(seed(campaign("C000000804", asset("Key Visual.png"))), RETRY_DELAYS_S="0")
    faults = world.twin.faults["box"]
    faults.add(Fault("status", path="/2.0/|/up/", status=503, retry_after="0", times=None))
    report = world.run()
    assert (report["state"], report["headline"]) == ("Partial", "1 failed")
    assert world.mails() == []
    world.sql("UPDATE facts SET first_seen_at = first_seen_at - interval '16 minutes'")
    world.run()
    world.run()
    assert world.mails() == ["C000000804 Campaign 804: 1 of 1 master not delivered, stays A1"]
    faults.clear()
    assert world.run()["headline"] == "1 delivered; moved C000000804 A1→A2"
    assert outcome(world)["left over"] == [0, 0, 0]
