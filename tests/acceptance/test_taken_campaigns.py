"""Which campaigns a run takes, and what becomes of those that are not whole."""

from collections.abc import Callable
from typing import Any

import pytest

from sandbox.blobs import GeneratedBlob
from sandbox.faults import Fault
from sandbox.otmm.catalogue import ASSET_NAME
from tests.acceptance.campaigns import FINALS, asset, campaign, masters, seed
from tests.acceptance.outcome import outcome
from tests.acceptance.world import World

MakeWorld = Callable[..., World]

WHOLE = campaign("C000000501", asset("Key Visual.png"))
BROKEN = campaign("C000000502", asset("Good.png"), asset("To follow.pdf", content="none"), asset("..", kind="png"))


def found(report: dict[str, Any], number: str) -> dict[str, Any]:
    """The one campaign of a report with this number."""
    (campaign_found,) = [item for item in report["campaigns"] if item["number"] == number]
    return dict(campaign_found)


def test_only_local_campaigns_in_a1_are_taken(make_world: MakeWorld) -> None:
    world = make_world(
        seed(
            WHOLE,
            campaign("C000000503", asset("Other type.png"), type="Global comm"),
            campaign("C000000504", asset("A search for A1 finds A10.png"), status="A10"),
            campaign("C000000505", asset("Moved already.png"), status="A2"),
        )
    )
    report = world.run()
    assert [item["number"] for item in report["campaigns"]] == ["C000000501"]
    assert world.in_box() == ["Local Masters/C000000501-Campaign_501/Key Visual.png"]
    assert list(world.status().values()) == ["A2", "A1", "A10", "A2"]


def test_what_can_be_delivered_is_and_the_rest_is_told_once_until_it_is_mended(make_world: MakeWorld) -> None:
    world = make_world(seed(WHOLE, BROKEN))
    first = world.run()
    assert first["state"] == "Partial"
    assert first["headline"] == "2 delivered; 2 failed; moved C000000501 A1→A2"
    told = [
        "C000000501 Campaign 501: 1 master delivered to Box (A1 → A2)",
        "C000000502 Campaign 502: 2 of 3 masters not delivered, stays A1",
    ]
    assert sorted(world.mails()) == told
    (mail,) = world.twin.mail.with_subject("not delivered")
    assert "the asset has no content in the DAM" in mail.text
    assert "'..' cannot be the name of anything in Box" in mail.text

    second = world.run()
    assert second["headline"] == "1 already there; 2 failed"
    assert sorted(world.mails()) == told

    mend(world)
    third = world.run()
    assert (third["state"], third["headline"]) == (
        "Completed",
        "2 delivered; 1 already there; moved C000000502 A1→A2",
    )
    assert world.mails()[2:] == ["C000000502 Campaign 502: 3 masters delivered to Box (A1 → A2)"]
    assert [hook["processed_assets"] for hook in outcome(world)["webhooks"]] == [1, 3]
    assert outcome(world)["left over"] == [0, 0, 0]


@pytest.mark.sweep
def test_a_disturbance_between_two_polls_does_not_have_the_same_failures_told_again(make_world: MakeWorld) -> None:
    world = make_world(seed(BROKEN))
    world.run()
    (told,) = world.mails()
    assert "2 of 3 masters not delivered" in told

    outage = Fault("status", path="/folders/[0-9a-f]{40}$", status=503, retry_after="30", times=None)
    world.twin.faults["otmm"].add(outage)
    assert "503" in found(world.run(), "C000000502")["reason"]
    world.twin.faults["otmm"].clear()
    world.run()
    assert world.mails() == [told]


@pytest.mark.sweep
def test_an_asset_that_fails_for_another_reason_now_is_told_again(make_world: MakeWorld) -> None:
    world = make_world(seed(campaign("C000000506", asset("To follow.pdf", content="none"))))
    world.run()
    world.twin.otmm.set_values(world.node("To follow.pdf"), {ASSET_NAME: ".."})
    world.twin.otmm.add_version(world.node(".."), GeneratedBlob("x", 1_000, "pdf"))
    world.run()
    assert len(world.mails()) == 2


@pytest.mark.sweep
def test_a_name_that_the_database_cannot_hold_holds_up_nobody(make_world: MakeWorld) -> None:
    world = make_world(seed(campaign("C000000507", asset("Odd.png"), asset("Good.png")), WHOLE))
    world.twin.otmm.set_values(world.node("Odd.png"), {ASSET_NAME: "NUL\0.png"})
    report = world.run()
    assert world.status() == {"C000000507": "A1", "C000000501": "A2"}
    assert report["state"] == "Partial"
    assert "Local Masters/C000000507-Campaign_507/Good.png" in world.in_box()
    assert any("C000000507" in subject for subject in world.mails())


def test_an_empty_campaign_is_a_quiet_success_told_once_after_its_time(make_world: MakeWorld) -> None:
    world = make_world(seed(campaign("C000000508")))
    report = world.run()
    assert (report["state"], found(report, "C000000508")["note"]) == ("Completed", "no assets yet")
    assert world.mails() == []

    world.sql("UPDATE facts SET first_seen_at = first_seen_at - interval '61 minutes'")
    world.run()
    world.run()
    assert world.mails() == ["C000000508 Campaign 508: is A1 but has no masters"]

    world.twin.otmm.add_asset(world.node("01. Master Assets"), "Late.png", GeneratedBlob("late", 500, "png"))
    assert world.run()["headline"] == "1 delivered; moved C000000508 A1→A2"
    assert outcome(world)["left over"] == [0, 0, 0]


@pytest.mark.sweep
def test_with_no_patience_an_empty_campaign_is_told_at_once_and_never_again(make_world: MakeWorld) -> None:
    world = make_world(seed(campaign("C000000509")), EMPTY_CAMPAIGN_AFTER_MIN=0)
    world.run()
    world.run()
    assert world.mails() == ["C000000509 Campaign 509: is A1 but has no masters"]


@pytest.mark.sweep
def test_campaigns_that_lack_something_are_told_once_with_what_it_is_and_hold_up_nobody(make_world: MakeWorld) -> None:
    one = masters(asset("Key Visual.png"))
    world = make_world(
        seed(
            campaign("C000000511", folders=[FINALS]),
            campaign("C000000512", folders=[one]),
            campaign("C000000513", folders=[one, {"name": "03. Old Master Assets"}, FINALS]),
            {**campaign("", asset("Nameless.png")), "name": "Without Number"},
            WHOLE,
        )
    )
    report = world.run()
    reasons = {item["number"]: item["reason"] for item in report["campaigns"]}
    folder_id = world.twin.campaigns[""]
    assert "there is no folder 'Master Assets'" in reasons["C000000511"]
    assert "there is no folder 'Final Assets'" in reasons["C000000512"]
    assert "'01. Master Assets', '03. Old Master Assets'; keep one" in reasons["C000000513"]
    assert "has no campaign number" in reasons[folder_id]
    assert reasons["C000000501"] is None
    assert report["state"] == "Partial"
    told = sorted(world.mails())
    assert len(told) == 5
    assert sum(subject.endswith(": could not be worked on") for subject in told) == 4
    for mail in world.twin.mail.with_subject("C000000513"):
        assert "C000000513" in mail.text.partition("WHAT TO DO")[0]

    world.run()
    assert sorted(world.mails()) == told

    world.twin.otmm.add_folder(world.twin.campaigns["C000000511"], "01. Master Assets")
    world.twin.otmm.remove_from(world.twin.campaigns["C000000511"], finals_of(world, "C000000511"))
    world.run()
    assert len(world.mails()) == 6, "another folder is missing now, which nobody was told"


@pytest.mark.sweep
def test_a_master_that_was_retired_in_the_database_holds_up_no_move(make_world: MakeWorld) -> None:
    world = make_world(seed(BROKEN))
    world.run()
    world.sql("UPDATE master_assets SET status = 'retired'")
    mend(world)
    assert world.run()["headline"] == "2 delivered; 1 already there; moved C000000502 A1→A2"
    assert world.not_as_in_the_dam() == []


def test_a_stuck_campaign_starves_no_other(make_world: MakeWorld) -> None:
    world = make_world(seed(campaign("C000000514", folders=[]), WHOLE), MAX_CAMPAIGNS=1)
    reports = [world.run(), world.run()]
    assert [len(report["campaigns"]) for report in reports] == [1, 1]
    assert world.status()["C000000501"] == "A2"


def mend(world: World) -> None:
    """Do in the DAM what the mail about BROKEN asks for."""
    world.twin.otmm.set_values(world.node(".."), {ASSET_NAME: "Still.png"})
    world.twin.otmm.add_version(world.node("To follow.pdf"), GeneratedBlob("story", 3_000, "pdf"))


def finals_of(world: World, number: str) -> str:
    """The folder of final assets of a campaign."""
    with world.twin.otmm.lock:
        tree = world.twin.otmm.tree
        children = tree.nodes[world.twin.campaigns[number]].children
        return next(child for child in children if tree.nodes[child].name == FINALS["name"])
