"""Status moves that others make in the DAM are noticed and recorded, never fought; our own are not taken for theirs."""

from collections.abc import Callable

import pytest

from sandbox.faults import Fault
from tests.acceptance.campaigns import asset, campaign, seed
from tests.acceptance.watched import Watched, moved, standing
from tests.acceptance.world import RUN_S, World

MakeWorld = Callable[..., World]
ONE, TWO, THREE = "C000001501", "C000001502", "C000001503"


@pytest.fixture
def watched(make_world: MakeWorld) -> Watched:
    """A world whose three campaigns were looked at once."""
    found = Watched(make_world(seed(standing(ONE, "A3"), standing(TWO, "B1"), standing(THREE, "A4"))))
    found.run()
    return found


def test_moves_of_others_are_recorded_with_whether_the_machine_lists_them(watched: Watched) -> None:
    watched.move(ONE, "A4")
    watched.move(TWO, "A6")
    watched.move(THREE, "A10")
    report = watched.run()
    assert report["state"] == "Completed"
    assert report["headline"] == (
        f"1 campaign in A4; 1 announced; moved by others: {ONE} A3→A4, {TWO} B1→A6, {THREE} A4→A10"
    )
    assert report["campaigns"][0]["note"].startswith("somebody has moved it from A3 to A4; in A4 since")
    assert report["campaigns"][1]["note"].endswith("from B1 to A6, which the status machine does not list")
    assert watched.events() == [
        (ONE, "status_changed_outside", moved("A3", "A4", listed=True)),
        (TWO, "status_changed_outside", moved("B1", "A6", listed=False)),
        (THREE, "status_changed_outside", moved("A4", "A10", listed=False)),
    ]
    assert watched.world.status() == {ONE: "A4", TWO: "A6", THREE: "A10"}
    lasting = [(number, status) for number, status, lasts, _ in watched.stays() if lasts]
    assert lasting == [(ONE, "A4"), (TWO, "A6")]

    assert watched.run()["headline"] == "1 campaign in A4"
    assert len(watched.events()) == 3


def test_a_late_search_is_not_believed(watched: Watched) -> None:
    watched.world.twin.settings.otmm.index_delay_s = 600
    watched.move(THREE, "A5")
    watched.run()
    assert watched.events() == [], "nothing shows it yet"
    watched.world.twin.otmm.reindex()
    watched.run()
    watched.move(THREE, "A4")
    watched.world.sql("UPDATE campaign_status SET status = 'A3' WHERE campaign_number = %s AND left_at IS NULL", THREE)
    watched.run()
    assert [detail for *_, detail in watched.events()] == [
        moved("A4", "A5", listed=True),
        moved("A3", "A4", listed=True),
    ], "the search says A5, the campaign itself A4"


@pytest.mark.sweep
@pytest.mark.parametrize("how", ["deleted", "hidden", "without the number"])
def test_a_campaign_that_is_gone_stays_nowhere_and_is_new_when_it_is_back(watched: Watched, how: str) -> None:
    dam, folder_id = watched.world.twin.otmm, watched.world.twin.campaigns[THREE]
    number_field = watched.world.twin.settings.otmm.fields.campaign_number

    def be_gone(gone: bool) -> None:
        if how == "deleted":
            dam.set_deleted(folder_id, deleted=gone)
        elif how == "hidden":
            dam.set_hidden(folder_id, hidden=gone)
        else:
            dam.set_values(folder_id, {number_field: "" if gone else THREE})

    be_gone(True)
    assert watched.run()["headline"] == f"gone: {THREE}"
    be_gone(False)
    watched.run()
    assert watched.events() == [(THREE, "campaign_gone", {"from": "A4"})]
    assert watched.stays()[2:] == [(THREE, "A4", False, True), (THREE, "A4", True, True)]


@pytest.mark.sweep
def test_two_campaigns_under_one_number_are_told_once_and_hold_up_nobody(make_world: MakeWorld) -> None:
    doubled = [standing(ONE, name="Original"), standing(ONE, "A5", name="Copy")]
    watched = Watched(make_world(seed(*doubled, standing(TWO))))
    for _ in range(2):
        report = watched.run()
        assert report["state"] == "Partial"
        assert "carry the same campaign number; correct one of them" in report["campaigns"][0]["reason"]
    assert watched.world.mails() == [f"{ONE} Original: could not be worked on"]
    assert (watched.told(), watched.stays()) == ([(TWO, "A4")], [(TWO, "A4", True, True)])

    number_field = watched.world.twin.settings.otmm.fields.campaign_number
    watched.world.twin.otmm.set_values(watched.world.node("Copy"), {number_field: THREE})
    assert watched.run()["headline"] == "2 campaigns in A4; 1 announced"
    assert watched.told() == [(TWO, "A4"), (ONE, "A4")]
    assert watched.world.sql("SELECT key FROM facts") == []


@pytest.mark.sweep
def test_a_campaign_that_cannot_be_read_is_looked_at_again_and_holds_up_nobody(watched: Watched) -> None:
    watched.move(ONE, "A4")
    watched.move(THREE, "A5")
    folder_id = watched.world.twin.campaigns[ONE]
    watched.world.twin.faults["otmm"].add(Fault("status", path=f"/folders/{folder_id}$", status=503, times=None))
    report = watched.run()
    assert report["state"] == "Partial"
    assert report["headline"] == f"moved by others: {THREE} A4→A5; could not work on {ONE}"
    assert watched.world.mails() == [], "told only where it lasts"

    watched.world.twin.faults["otmm"].clear()
    assert watched.run()["headline"] == f"1 campaign in A4; 1 announced; moved by others: {ONE} A3→A4"


@pytest.mark.sweep
def test_our_own_move_is_not_taken_for_somebody_elses(make_world: MakeWorld) -> None:
    watched = Watched(make_world(seed(campaign(ONE, asset("Key Visual.png")))))
    watched.run()
    watched.world.twin.settings.otmm.index_delay_s = 600
    assert watched.world.run("a1-to-a2")["campaigns"][0]["moved"]
    watched.run()
    watched.world.twin.otmm.reindex()
    watched.run()
    assert [event for _, event, _ in watched.events() if event.startswith("status")] == ["status_changed"]
    assert watched.stays() == [(ONE, "A1", False, False), (ONE, "A2", True, False)]


@pytest.mark.sweep
@pytest.mark.parametrize("seen", ["before our move", "during our move"])
def test_a_look_that_our_own_move_comes_in_between_writes_nothing(make_world: MakeWorld, seen: str) -> None:
    watched = Watched(make_world(seed(campaign(ONE, asset("Key Visual.png"), status="A5"))))
    watched.run()
    watched.move(ONE, "A1")
    faults = watched.world.twin.faults["otmm"]
    if seen == "before our move":
        faults.add(Fault("hang", path="/folders/[0-9a-f]{40}$", when="after"))
        looking = watched.world.start("a4-live")
        faults.wait_for_hang(RUN_S)
        watched.world.run("a1-to-a2")
        faults.clear()
    else:
        faults.add(Fault("hang", method="PATCH", when="after"))
        moving = watched.world.start("a1-to-a2")
        faults.wait_for_hang(RUN_S)
        looking = watched.world.start("a4-live")
        watched.world.ended(*looking)
        faults.clear()
        watched.world.ended(*moving)
    assert watched.world.ended(*looking)["state"] == "Completed"
    assert [event for _, event, _ in watched.events() if event.startswith("status")] == ["status_changed"]
    assert watched.stays() == [(ONE, "A5", False, False), (ONE, "A2", True, False)]
