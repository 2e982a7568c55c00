"""What a run of a2-to-a3 can be asked for, and which campaigns it moves."""

import json
from collections.abc import Callable

import pytest

from sandbox.faults import Fault
from tests.acceptance.campaigns import asset, campaign, seed
from tests.acceptance.homeward import STILL, TITLE, Homeward
from tests.acceptance.world import RUN_S, World

NUMBER, OTHER = "C000001601", "C000001602"
RULE_BROKEN = {"exception_body": {"http_response_code": 500, "message": "Not for you.", "error_code": 77}}
MakeWorld = Callable[..., World]


def home_in(make_world: MakeWorld, status: str = "A2", **settings: object) -> Homeward:
    """Make a campaign of one master in this status, and hand in one still that was made of it."""
    home = Homeward(make_world(seed(campaign(NUMBER, asset("Still.png"), status=status)), **settings))
    home.drops.whole(home.of("Still.png"), STILL, size=20_000)
    return home


def test_a_dry_run_shows_what_the_dam_would_be_told_and_writes_nothing_anywhere(make_world: MakeWorld) -> None:
    home = home_in(make_world)
    home.drops.misnamed(home.of("Still.png"))
    tables = ("derivative_assets", "asset_events", "facts", "outbox", "lookup_domains", "box_events", "workflow_state")

    def rows() -> list[object]:
        return [home.world.sql(f"SELECT count(*) FROM {table}") for table in tables]

    before = rows()
    report = home.run(dry_run=True)
    assert report["headline"] == "dry run: 1 planned; 1 failed"
    assert report["campaigns"][0]["note"] == "would be complete, and move to A3 if it is A2"
    (described,) = report["representations"].values()
    elements = described["asset_resource"]["asset"]["metadata"]["metadata_element_list"]
    assert {"id", "type", "value"} <= elements[0].keys()
    assert TITLE in json.dumps(elements)
    assert (home.world.writes(), rows(), home.in_dam(), home.world.mails()) == (0, before, [], [])


def test_a_file_that_is_to_stay_in_box_is_uploaded_once_and_stays(make_world: MakeWorld) -> None:
    home = home_in(make_world)
    assert home.run(keep_files=True)["headline"] == f"1 delivered; moved {NUMBER} A2→A3"
    writes = home.world.writes()
    assert home.run(keep_files=True)["headline"] == "1 already there"
    assert (len(home.in_dam()), len(home.in_box()), home.world.writes()) == (1, 1, writes)
    assert "left there, as asked" in home.world.twin.mail.mails[0].text
    home.run()
    assert home.in_box() == []


def test_only_files_of_the_wanted_campaign_are_taken(make_world: MakeWorld) -> None:
    two = seed(*(campaign(number, asset(f"{number}.png"), status="A2") for number in (NUMBER, OTHER)))
    world = make_world(two)
    one, other = Homeward(world, NUMBER), Homeward(world, OTHER)
    for home in (one, other):
        home.drops.whole(next(iter(home.tracking_ids.values())), STILL, size=20_000)
    one.drops.unknown()
    report = one.run(campaign=NUMBER)
    assert report["headline"] == f"1 delivered; moved {NUMBER} A2→A3"
    assert (len(one.in_dam()), len(other.in_dam()), len(one.in_box())) == (1, 0, 2)
    assert other.run()["headline"] == f"1 delivered; 1 failed; moved {OTHER} A2→A3"


@pytest.mark.sweep
def test_only_the_wanted_files_are_taken_and_those_elsewhere_are_left_alone(make_world: MakeWorld) -> None:
    home = home_in(make_world)
    wanted = home.drops.whole(home.of("Still.png"), STILL.replace("_REF_", "_MST_"), size=20_000)
    box = home.world.twin.box
    foreign = box.add_file(home.world.twin.box_folders["BOX_FOLDER_REVISIONS"], wanted.name, b"elsewhere")
    report = home.run(file_ids=(wanted.id, foreign.id, "424242"))
    assert report["headline"] == f"1 delivered; moved {NUMBER} A2→A3"
    assert len(home.in_box()) == 1
    assert box.file(foreign.id).downloads == 0


def test_a_campaign_is_moved_by_force_although_files_are_missing_and_that_is_told(make_world: MakeWorld) -> None:
    masters = (asset("Still.png"), asset("Film.mp4"))
    home = Homeward(make_world(seed(campaign(NUMBER, *masters, status="A2"))))
    home.drops.whole(home.of("Still.png"), STILL, size=20_000)
    assert home.run()["headline"] == "1 delivered"
    report = home.run(campaign=NUMBER, force_status_update=True)
    assert report["headline"] == f"moved {NUMBER} A2→A3"
    (mail,) = home.world.twin.mail.with_subject("by hand")
    assert "Film.mp4" in mail.text
    assert home.world.sql("SELECT detail FROM status_moves") == [({"forced": True},)]


def test_force_needs_a_campaign_that_is_named_and_known(make_world: MakeWorld) -> None:
    home = home_in(make_world)
    assert "needs the number of the campaign" in home.world.failure("a2-to-a3", force_status_update=True)
    report = home.run(campaign=OTHER, force_status_update=True)
    assert "no master of it is known" in report["campaigns"][0]["reason"]
    assert home.run(campaign=NUMBER, keep_files=True)["headline"] == f"1 delivered; moved {NUMBER} A2→A3"
    report = home.run(campaign=NUMBER, force_status_update=True)
    assert "is A3; it can be moved to A3 from A2, A6 only" in report["campaigns"][0]["reason"]
    assert len(home.world.mails()) == 2, "those of the file and of the move: who forces a move sees what is wrong"
    assert home.world.sql("SELECT key FROM facts") == [], "no poll would ever see the end of it"


def test_what_kept_a_campaign_from_being_looked_at_is_forgotten_once_it_is(make_world: MakeWorld) -> None:
    home = home_in(make_world, "A4")
    faults, folder = home.world.twin.faults["otmm"], home.world.twin.campaigns[NUMBER]
    faults.add(Fault("status", path=f"/folders/{folder}$", status=500, body=RULE_BROKEN, times=None))
    home.run()
    home.run()
    assert len(home.world.mails()) == 2, "that of the file, and one of the trouble"
    assert home.world.sql("SELECT key FROM facts") == [(f"a2-to-a3/{NUMBER}/stuck",)]

    faults.clear()
    assert home.run()["headline"] == "nothing to do"
    assert home.world.sql("SELECT key FROM facts") == []


@pytest.mark.parametrize(
    ("status", "note"),
    [
        ("A1", "complete, but its masters are still going out: it is A1"),
        ("A4", "complete; it is A4, so there is nothing to move"),
    ],
)
@pytest.mark.sweep
def test_a_complete_campaign_in_another_status_is_left_where_it_is(
    make_world: MakeWorld, status: str, note: str
) -> None:
    home = home_in(make_world, status)
    report = home.run()
    assert (report["headline"], report["campaigns"][0]["note"]) == ("1 delivered", note)
    assert home.status == status
    home.run()
    asked = [seen for seen in home.world.twin.faults["otmm"].requests if "/folders/" in seen.path]
    home.run()
    again = [seen for seen in home.world.twin.faults["otmm"].requests if "/folders/" in seen.path]
    assert (len(again) > len(asked)) is (status == "A1"), "only one that is still to come is asked for again"


@pytest.mark.sweep
def test_a_campaign_that_came_complete_before_it_was_a2_moves_as_soon_as_it_is(make_world: MakeWorld) -> None:
    home = home_in(make_world, "A1")
    home.run()
    home.world.twin.otmm.set_status(home.world.twin.campaigns[NUMBER], "A2")
    assert home.run()["headline"] == f"moved {NUMBER} A2→A3"


@pytest.mark.sweep
def test_two_runs_at_once_bring_each_file_home_once(make_world: MakeWorld) -> None:
    home = home_in(make_world)
    faults = home.world.twin.faults["otmm"]
    faults.add(Fault("hang", method="POST", path="/v6/assets$"))
    first = home.world.start("a2-to-a3")
    faults.wait_for_hang(RUN_S)
    second = home.run()
    assert second["headline"] == "1 left to another run"
    faults.clear()
    assert home.world.ended(*first)["headline"] == f"1 delivered; moved {NUMBER} A2→A3"
    assert (len(home.in_dam()), home.in_box(), len(home.world.mails())) == (1, [], 2)


def test_events_of_box_are_closed_by_the_run_that_looked_at_their_files(make_world: MakeWorld) -> None:
    home = home_in(make_world)
    (file,) = home.world.twin.box.files_below(home.folder_id)
    for event, file_id in (("e-1", file.id), ("e-2", "424242")):
        home.world.sql("INSERT INTO box_events (event_id, file_id, body) VALUES (%s, %s, '{}')", event, file_id)
    open_events = "SELECT event_id FROM box_events WHERE handled_at IS NULL"
    home.run(campaign=OTHER)
    assert len(home.world.sql(open_events)) == 2
    home.run(file_ids=(file.id,))
    assert home.world.sql(open_events) == [("e-2",)]
    home.run()
    assert home.world.sql(open_events) == []
