"""Two files of one derivative: the one that was handed in last counts, however late the other one can be taken."""

from datetime import timedelta

import pytest

from domain.errors import FileOvertaken, NotDoneYet
from sandbox.box.items import File
from sandbox.drops import STILL
from tests.integration.tasks.coming_home import ComingHome

OTHER_JOB = STILL.replace("1234567", "7654321")


def hand_in_two(home: ComingHome) -> tuple[File, File]:
    """Hand in two contents under one name in the DAM, the first an hour before the second."""
    older, newer = home.hand_in(OTHER_JOB, seed="older"), home.hand_in(seed="newer")
    older.modified_at = newer.modified_at - timedelta(hours=1)
    return older, newer


def test_an_older_file_that_could_not_be_taken_before_the_newer_one_stays_in_box(home: ComingHome):
    older, newer = hand_in_two(home)
    home.bring(newer)
    before = home.sql("SELECT * FROM derivative_assets")

    intake, _, plan = home.look()
    assert [type(planned.refusal) for planned in plan] == [FileOvertaken]
    assert home.take(plan, intake) == []
    assert (home.in_dam(), home.in_box()) == ([newer.sha1], [older.name])
    assert home.sql("SELECT * FROM derivative_assets") == before


def test_an_older_file_is_taken_once_it_is_handed_in_again(home: ComingHome):
    older, newer = hand_in_two(home)
    home.bring(newer)
    older.modified_at = newer.modified_at + timedelta(hours=1)
    home.bring()
    assert (home.in_dam(), home.in_box()) == ([newer.sha1, older.sha1], [])


def test_an_older_file_stays_although_it_was_planned_before_another_run_brought_the_newer_one(home: ComingHome):
    older, newer = hand_in_two(home)
    intake, _, plan = home.look(older)
    home.bring(newer)

    with pytest.raises(FileOvertaken, match="from a file that was handed in later"):
        home.take(plan, intake)
    assert (home.in_dam(), home.in_box()) == ([newer.sha1], [older.name])
    assert home.sql("SELECT upload_status, box_sha1 FROM derivative_assets") == [("completed", newer.sha1)]


def test_what_arrives_after_its_file_was_taken_out_counts_as_handed_in_when_it_was(home: ComingHome):
    older, newer = hand_in_two(home)
    home.twin.settings.otmm.import_polls = None
    with pytest.raises(NotDoneYet):
        home.bring(newer)
    with home.twin.otmm.lock:
        home.twin.otmm.jobs.finish_all()
    home.drops.remove(newer.id)
    home.let_go()

    _, _, (planned,) = home.look(older)
    assert isinstance(planned.refusal, FileOvertaken)
