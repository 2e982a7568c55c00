"""Uploads to the DAM that are slow, refused or cut off: never a second asset, and no file is forgotten."""

from collections.abc import Callable
from typing import Any

import pytest

from sandbox.faults import Fault
from tests.acceptance.campaigns import asset, campaign, seed
from tests.acceptance.homeward import STILL, TITLE, Homeward
from tests.acceptance.world import RUN_S, World

NUMBER = "C000001501"
UPLOAD: dict[str, Any] = {"method": "POST", "path": "/v6/assets$"}
MakeHome = Callable[..., Homeward]


@pytest.fixture
def make_home(make_world: Callable[..., World]) -> MakeHome:
    """Make a campaign of one master that has gone out, and one still that was made of it."""

    def make(**settings: object) -> Homeward:
        home = Homeward(make_world(seed(campaign(NUMBER, asset("Still.png"), status="A2")), **settings))
        home.drops.whole(home.of("Still.png"), STILL, size=20_000)
        return home

    return make


def the_file(report: dict[str, Any]) -> list[str]:
    """What became of the one file: outcome and reason."""
    (fate,) = report["campaigns"][0]["assets"].values()
    found: list[str] = fate
    return found


def arrived_once(home: Homeward) -> bool:
    """Whether the still is in the DAM, once, its campaign has moved, and nothing is left to do."""
    rows = home.world.sql("SELECT upload_status, sent_at FROM derivative_assets")
    names = [item.name for item in home.in_dam()]
    return (names, home.in_box(), home.status, rows) == ([TITLE], [], "A3", [("completed", None)])


@pytest.mark.sweep
def test_an_import_that_takes_its_time_is_waited_for(make_home: MakeHome) -> None:
    home = make_home()
    home.world.twin.settings.otmm.import_polls = 2
    assert home.run()["headline"] == f"1 delivered; moved {NUMBER} A2→A3"
    assert arrived_once(home)


@pytest.mark.sweep
@pytest.mark.parametrize("jobs_shape", ["resource", "handle", "absent"])
def test_an_import_that_does_not_end_is_looked_at_by_every_run_and_never_sent_again(
    make_home: MakeHome, jobs_shape: Any
) -> None:
    home = make_home(IMPORT_WAIT_S=0, IMPORT_LOST_AFTER_S=0)
    otmm = home.world.twin.settings.otmm
    otmm.import_polls, otmm.jobs_shape = None, jobs_shape
    for _ in range(2):
        outcome, reason = the_file(home.run())
        assert (outcome, "the DAM has not shown the asset of import job" in reason) == ("failed", True)
    assert home.world.mails() == []
    home.world.sql("UPDATE facts SET first_seen_at = first_seen_at - interval '16 minutes'")
    home.run()
    assert home.world.mails() == [f"{NUMBER} Campaign 501: {home.in_box()[0]} could not be uploaded"]
    with home.world.twin.otmm.lock:
        home.world.twin.otmm.jobs.finish_all()
    assert home.run()["headline"] == f"1 delivered; moved {NUMBER} A2→A3"
    assert arrived_once(home)
    assert len(home.world.twin.otmm.jobs.by_id) == 1


def test_an_upload_whose_answer_was_lost_is_found_and_not_sent_again(make_home: MakeHome) -> None:
    home = make_home()
    home.world.twin.faults["otmm"].add(Fault("cut", **UPLOAD))
    assert home.run()["headline"] == f"1 delivered; moved {NUMBER} A2→A3"
    assert arrived_once(home)


@pytest.mark.sweep
def test_an_upload_without_an_answer_is_sent_again_only_when_it_is_lost_for_good(make_home: MakeHome) -> None:
    home = make_home(IMPORT_WAIT_S=0)
    home.world.twin.faults["otmm"].add(Fault("status", status=502, **UPLOAD))
    outcome, reason = the_file(home.run())
    assert outcome == "failed"
    assert "the answer to its upload was lost. It is sent again if the DAM does not show it until" in reason
    assert home.run()["headline"] == "1 failed"
    assert home.in_dam() == []
    home.world.sql("UPDATE derivative_assets SET sent_at = sent_at - interval '16 minutes'")
    assert home.run()["headline"] == f"1 delivered; moved {NUMBER} A2→A3"
    assert arrived_once(home)


def test_an_import_that_ends_late_after_its_answer_was_lost_is_adopted(make_home: MakeHome) -> None:
    home = make_home(IMPORT_WAIT_S=0)
    home.world.twin.settings.otmm.import_polls = None
    home.world.twin.faults["otmm"].add(Fault("cut", **UPLOAD))
    assert home.run()["headline"] == "1 failed"
    with home.world.twin.otmm.lock:
        home.world.twin.otmm.jobs.finish_all()
    assert home.run()["headline"] == f"1 delivered; moved {NUMBER} A2→A3"
    assert arrived_once(home)


@pytest.mark.sweep
def test_what_was_sent_is_found_although_the_file_was_taken_back_meanwhile(make_home: MakeHome) -> None:
    home = make_home(IMPORT_WAIT_S=0)
    home.world.twin.settings.otmm.import_polls = None
    home.run()
    with home.world.twin.otmm.lock:
        home.world.twin.otmm.jobs.finish_all()
    (file,) = home.world.twin.box.files_below(home.folder_id)
    home.drops.remove(file.id)
    assert home.run()["headline"] == f"moved {NUMBER} A2→A3"
    assert arrived_once(home)


@pytest.mark.sweep
def test_an_import_that_fails_is_told_rests_and_is_tried_at_once_when_asked_for(make_home: MakeHome) -> None:
    home = make_home()
    otmm = home.world.twin.settings.otmm
    otmm.import_fails = "Not enough space in the content store."
    outcome, reason = the_file(home.run())
    assert (outcome, "Not enough space in the content store." in reason) == ("failed", True)
    told = home.world.mails()
    assert len(told) == 1
    otmm.import_fails = None
    assert home.run()["headline"] == "1 failed"
    (file,) = home.world.twin.box.files_below(home.folder_id)
    assert home.run(file_ids=(file.id,))["headline"] == f"1 delivered; moved {NUMBER} A2→A3"
    assert arrived_once(home)


@pytest.mark.sweep
def test_an_extension_that_the_dam_does_not_take_is_told_once(make_home: MakeHome) -> None:
    home = make_home()
    home.world.twin.settings.otmm.restricted_extensions = frozenset({"png"})
    outcome, reason = the_file(home.run())
    assert (outcome, "restricted file extension" in reason) == ("failed", True)
    home.run()
    assert len(home.world.mails()) == 1
    sent = [seen for seen in home.world.twin.faults["otmm"].requests if seen.path.endswith("/v6/assets")]
    assert len(sent) == 1


@pytest.mark.sweep
def test_a_dam_that_tells_no_checksums_gets_no_second_asset_either(make_home: MakeHome) -> None:
    home = make_home()
    home.world.twin.settings.otmm.checksum_missing = True
    assert home.run()["headline"] == f"1 delivered; moved {NUMBER} A2→A3"
    assert arrived_once(home)
    home.drops.whole(home.of("Still.png"), STILL, size=20_000)
    assert home.run()["headline"] == "1 already there"
    assert arrived_once(home)


@pytest.mark.sweep
def test_a_newer_version_that_is_handed_in_meanwhile_is_not_removed_and_comes_home_next(make_home: MakeHome) -> None:
    home = make_home()
    faults = home.world.twin.faults["otmm"]
    faults.add(Fault("hang", when="after", **UPLOAD))
    process, answer = home.world.start("a2-to-a3")
    faults.wait_for_hang(RUN_S)
    newer = home.drops.whole(home.of("Still.png"), STILL, size=20_000, seed="newer")
    faults.clear()
    report = home.world.ended(process, answer)
    assert "it was changed in Box meanwhile" in str(report["campaigns"][0]["warnings"])
    assert home.in_box() == [newer.name]
    assert home.run()["headline"] == "1 delivered"
    assert [item.sha1 for item in home.in_dam()][1] == newer.sha1


@pytest.mark.sweep
@pytest.mark.parametrize(
    "fault",
    [
        Fault("cut", path="/download/", at_byte=9_000),
        Fault("flip", path="/download/", at_byte=9_000),
        Fault("status", path="/download/", status=503, retry_after="0"),
    ],
    ids=["cut", "a wrong bit", "busy"],
)
def test_content_that_comes_badly_from_box_arrives_whole_or_not_at_all(make_home: MakeHome, fault: Fault) -> None:
    home = make_home()
    fault.path = None
    home.world.twin.faults["box_download"].add(fault)
    report = home.run()
    if fault.kind == "flip":
        assert "SHA-1" in the_file(report)[1]
        assert home.in_dam() == []
        report = home.run()
    assert report["headline"] == f"1 delivered; moved {NUMBER} A2→A3"
    assert arrived_once(home)


@pytest.mark.sweep
def test_a_file_that_may_not_be_deleted_is_told_and_stays_uploaded(make_home: MakeHome) -> None:
    home = make_home()
    faults = home.world.twin.faults["box"]
    faults.add(Fault("status", method="DELETE", status=403, times=None))
    outcome, reason = the_file(home.run())
    assert (outcome, "deleting Box file" in reason) == ("failed", True)
    assert home.run()["headline"] == "1 failed"
    assert len(home.world.mails()) == 3, "the arrival, what is wrong, and that the campaign has moved; each once"
    faults.clear()
    home.run()
    assert arrived_once(home)
