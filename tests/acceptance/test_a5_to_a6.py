"""A5 → A6: what reviewers have rejected goes back to the agencies, with what every one of them said."""

from collections.abc import Callable
from typing import Any

import pytest

from sandbox.blobs import GeneratedBlob
from sandbox.faults import Fault
from tests.acceptance.campaigns import FINALS, asset, campaign, finals, masters, rejected, seed
from tests.acceptance.world import World

NUMBER = "C000000501"
FOLDER = f"Revisions/{NUMBER}-Campaign_501-Revisions"
STATUS = "CUSTOM.FIELD.ECOMMERCE STATUS"
COMMENT = "CUSTOM.FIELD.LEGAL COMMENT"

MIXED = campaign(
    NUMBER,
    status="A5",
    folders=[
        masters(asset("Key Visual.png")),
        finals(
            rejected("Still.png", approver="Logo too small", legal="Disclaimer is missing"),
            rejected("Good.png", status="APPROVED"),
            asset("Unseen.png"),
            films=[rejected("Spot 6S.mp4", 30_000, iacc="Wrong claim <b>&</b>\nsecond line")],
        ),
    ],
)
MakeWorld = Callable[..., World]


@pytest.fixture
def world(make_world: MakeWorld) -> World:
    """A world with one campaign in A5: two assets rejected, one approved, one without a verdict."""
    return make_world(seed(MIXED))


def rows(world: World) -> list[tuple[Any, ...]]:
    """Name, whether it has arrived, has come home, and counts no more, of each rejection."""
    return world.sql(
        "SELECT original_filename, delivered_at IS NOT NULL, returned_at IS NOT NULL, superseded_at IS NOT NULL"
        " FROM rejected_assets ORDER BY id"
    )


def test_only_what_was_rejected_goes_back_and_one_mail_tells_all_that_was_said(world: World) -> None:
    report = world.run("a5-to-a6")
    assert report["headline"] == f"2 delivered; moved {NUMBER} A5→A6"
    assert world.status() == {NUMBER: "A6"}
    assert sorted(world.in_box()) == [f"{FOLDER}/Films/Spot 6S.mp4", f"{FOLDER}/Still.png"]
    assert [mail for mail in world.mails() if NUMBER in mail] == world.mails()
    (mail,) = world.twin.mail.with_subject(NUMBER)
    for said in ("Logo too small", "Disclaimer is missing", "Wrong claim <b>&</b>", "approver@example.com", "Legal"):
        assert said in mail.text
    assert "Wrong claim &lt;b&gt;&amp;&lt;/b&gt;" in mail.html
    assert "Good.png" not in mail.text
    assert world.twin.hooks.deliveries == []

    writes = world.writes()
    assert world.run("a5-to-a6")["headline"] == "nothing to do"
    assert world.writes() == writes


@pytest.mark.sweep
def test_an_asset_that_nobody_knows_gets_a_tracking_id_and_one_that_is_a_master_keeps_its_own(world: World) -> None:
    world.run("a5-to-a6")
    first = dict(world.sql("SELECT original_filename, tracking_id FROM master_assets"))
    assert set(first) == {"Still.png", "Spot 6S.mp4"}
    assert dict(world.sql("SELECT original_filename, tracking_id FROM rejected_assets")) == first
    world.twin.otmm.set_status(world.twin.campaigns[NUMBER], "A5")
    world.run("a5-to-a6")
    assert dict(world.sql("SELECT original_filename, tracking_id FROM master_assets")) == first
    assert len(rows(world)) == 2


@pytest.mark.sweep
def test_what_was_fetched_is_fetched_again_only_when_the_asset_or_what_was_said_of_it_has_changed(world: World) -> None:
    world.run("a5-to-a6")
    dam, folder_id = world.twin.otmm, world.twin.campaigns[NUMBER]
    dam.set_status(folder_id, "A5")
    again = world.run("a5-to-a6")
    assert again["headline"] == f"2 already there; moved {NUMBER} A5→A6"
    assert len(world.mails()) == 2, "it was set to A5 again: that is told again"

    dam.set_values(world.node("Still.png"), {COMMENT: "The disclaimer is too small now"})
    dam.set_status(folder_id, "A5")
    assert world.run("a5-to-a6")["headline"] == f"1 delivered; 1 already there; moved {NUMBER} A5→A6"
    assert "The disclaimer is too small now" in world.twin.mail.with_subject(NUMBER)[-1].text
    assert len(world.in_box()) == 2, "the same content under the same name is the same file"

    dam.add_version(world.node("Spot 6S.mp4"), GeneratedBlob("other", 40_000, "mp4"))
    dam.set_status(folder_id, "A5")
    assert world.run("a5-to-a6")["headline"] == f"1 delivered; 1 already there; moved {NUMBER} A5→A6"
    assert len(world.in_box()) == 2
    assert [row[0] for row in rows(world) if row[3]] == ["Still.png"]


def test_where_everything_is_approved_nothing_moves_and_that_is_told_once_after_its_time(make_world: MakeWorld) -> None:
    approved = campaign(NUMBER, status="A5", folders=[FINALS | {"assets": [rejected("Good.png", status="APPROVED")]}])
    world = make_world(seed(approved))
    report = world.run("a5-to-a6")
    assert (report["state"], report["campaigns"][0]["note"]) == ("Completed", "no rejected asset")
    assert (world.mails(), world.status()) == ([], {NUMBER: "A5"})
    world.sql("UPDATE facts SET first_seen_at = first_seen_at - interval '61 minutes'")
    world.run("a5-to-a6")
    world.run("a5-to-a6")
    assert len(world.mails()) == 1
    assert NUMBER in world.mails()[0]


@pytest.mark.sweep
def test_one_that_fails_keeps_the_campaign_and_the_others_go_back(make_world: MakeWorld) -> None:
    broken = {**rejected("To follow.pdf", approver="Where is it?"), "content": "none"}
    world = make_world(seed(campaign(NUMBER, status="A5", folders=[finals(broken, rejected("Still.png", legal="No"))])))
    report = world.run("a5-to-a6")
    assert (report["state"], report["headline"]) == ("Partial", "1 delivered; 1 failed")
    assert world.status() == {NUMBER: "A5"}
    (mail,) = world.twin.mail.with_subject(NUMBER)
    assert "To follow.pdf" in mail.text
    assert "the asset has no content in the DAM" in mail.text
    world.run("a5-to-a6")
    assert len(world.mails()) == 1

    world.twin.otmm.add_version(world.node("To follow.pdf"), GeneratedBlob("late", 3_000, "pdf"))
    assert world.run("a5-to-a6")["headline"] == f"1 delivered; 1 already there; moved {NUMBER} A5→A6"


def test_a_dam_that_lists_no_metadata_is_asked_asset_by_asset(world: World) -> None:
    world.twin.settings.otmm.listing_metadata = False
    assert world.run("a5-to-a6")["headline"] == f"2 delivered; moved {NUMBER} A5→A6"


def test_a_dam_that_lists_no_checksums_has_nothing_fetched_twice(make_world: MakeWorld) -> None:
    broken = {**rejected("To follow.pdf", approver="Where is it?"), "content": "none"}
    world = make_world(seed(campaign(NUMBER, status="A5", folders=[finals(broken, rejected("Still.png", legal="No"))])))
    world.twin.settings.otmm.listing_checksums = False
    assert world.run("a5-to-a6")["headline"] == "1 delivered; 1 failed"
    assert world.run("a5-to-a6")["headline"] == "1 already there; 1 failed"


def test_an_asset_that_is_listed_and_cannot_be_read_keeps_no_other_one(make_world: MakeWorld) -> None:
    world = make_world(seed(MIXED))
    gone = Fault("status", path=f"/assets/{world.node('Still.png')}$", status=404, body={}, times=None)
    world.twin.faults["otmm"].add(gone)
    report = world.run("a5-to-a6")
    assert report["headline"] == "1 delivered; 1 failed"
    assert world.status() == {NUMBER: "A5"}


def test_an_asset_that_is_approved_while_the_run_is_at_work_is_left_out(make_world: MakeWorld) -> None:
    world = make_world(seed(MIXED), ASSETS_IN_PARALLEL=1)
    faults = world.twin.faults["otmm"]
    faults.add(Fault("hang", path="/contents$"))
    process, answer = world.start("a5-to-a6")
    faults.wait_for_hang(60)
    world.twin.otmm.set_values(world.node("Still.png"), {STATUS: "APPROVED"})
    faults.clear()
    assert world.ended(process, answer)["headline"] == f"1 delivered; 1 gone meanwhile; moved {NUMBER} A5→A6"
    assert "Still.png" not in world.twin.mail.with_subject(NUMBER)[0].text


def test_a_dry_run_behind_the_certificate_shows_what_would_go_back_and_writes_nothing(world: World) -> None:
    report = world.run("a5-to-a6", dry_run=True, dam_auth="mtls")
    assert report["headline"] == "dry run: 2 planned"
    assert report["campaigns"][0]["note"] == "would move to A6"
    assert world.writes() == 0
    assert world.sql("SELECT (SELECT count(*) FROM rejected_assets), (SELECT count(*) FROM master_assets)") == [(0, 0)]
