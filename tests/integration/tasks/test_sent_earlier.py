"""Other content is handed in while an earlier one is on its way into the DAM: both become assets that are known."""

from datetime import timedelta

import pytest

from db.repositories.owners import Owner, owners
from domain.errors import FileOvertaken, NotDoneYet
from domain.report import Outcome
from sandbox.box.items import File
from sandbox.drops import STILL
from tests.integration.tasks.coming_home import ComingHome


def send_slowly(home: ComingHome) -> File:
    """Hand in content whose import does not end while a run waits for it."""
    home.twin.settings.otmm.import_polls = None
    file = home.hand_in(seed="earlier", metadata={"creativexScore": 61})
    with pytest.raises(NotDoneYet):
        home.bring()
    return file


def end_imports(home: ComingHome) -> None:
    """Let imports end at once, and those that were begun end now."""
    home.twin.settings.otmm.import_polls = 0
    with home.twin.otmm.lock:
        home.twin.otmm.jobs.finish_all()


def test_content_that_is_on_its_way_is_waited_for_before_other_content_is_sent(home: ComingHome):
    earlier = send_slowly(home).sha1
    later = home.hand_in(seed="later", metadata={"creativexScore": 82}).sha1
    with pytest.raises(NotDoneYet, match="waits for other content that was sent to the DAM before it"):
        home.bring()
    assert home.sql("SELECT upload_status, box_sha1, sent_at IS NOT NULL FROM derivative_assets") == [
        ("pending", earlier, True)
    ]

    end_imports(home)
    assert [fate.outcome for fate in home.bring()] == [Outcome.DELIVERED]
    assert home.in_dam() == [earlier, later]
    assert home.sql("SELECT upload_status, box_sha1, creativex_score FROM derivative_assets") == [
        ("completed", later, "82")
    ]
    assert home.mails() == ["a2_to_a3_file_uploaded"] * 2
    columns = "payload->'warnings'->>0, payload->'score'->>'value', payload->>'is_rework'"
    told = home.sql(f"SELECT {columns} FROM outbox ORDER BY id")
    assert told[0] == ("other content was handed in while it was on its way", "61", "false")
    assert told[1][2] == "true"


def test_the_asset_of_the_earlier_content_belongs_to_its_derivative(home: ComingHome):
    send_slowly(home)
    home.hand_in(seed="later")
    end_imports(home)
    home.bring()

    assets = [node.id for node in home.twin.otmm.tree if node.import_job_id]
    with home.store.transaction() as session:
        found = owners(session, home.number, assets)
    ((row_id, master_id, tracking_id),) = home.sql("SELECT id, master_asset_id, tracking_id FROM derivative_assets")
    assert [found[asset] for asset in assets] == [
        Owner(tracking_id, master_id, row_id, is_current=is_current) for is_current in (False, True)
    ]


def test_an_import_that_has_failed_is_not_waited_for(home: ComingHome):
    send_slowly(home)
    home.twin.settings.otmm.import_fails = "Not enough space in the content store."
    later = home.hand_in(seed="later").sha1
    home.twin.settings.otmm.import_polls = 0
    with home.twin.otmm.lock:
        home.twin.otmm.jobs.finish_all()
    home.twin.settings.otmm.import_fails = None

    assert [fate.outcome for fate in home.bring()] == [Outcome.DELIVERED]
    assert home.in_dam() == [later]


@pytest.mark.parametrize("has_job", [True, False])
def test_an_import_that_does_not_end_is_waited_for_a_quarter_of_an_hour(home: ComingHome, has_job: bool):
    send_slowly(home)
    if not has_job:
        home.sql("UPDATE derivative_assets SET import_job_id = NULL")
    later = home.hand_in(seed="later").sha1
    for minutes in (14, 15):
        home.sql(f"UPDATE derivative_assets SET sent_at = now() - interval '{minutes} minutes'")
        with pytest.raises(NotDoneYet) as raised:
            home.bring()
        assert ("waits for other content" in str(raised.value)) is (minutes == 14)
    assert home.sql("SELECT box_sha1 FROM derivative_assets") == [(later,)]


def test_an_older_file_does_not_follow_the_content_that_was_on_its_way(home: ComingHome):
    newer = send_slowly(home)
    older = home.hand_in(STILL.replace("1234567", "7654321"), seed="older")
    older.modified_at = newer.modified_at - timedelta(hours=1)
    end_imports(home)

    with pytest.raises(FileOvertaken):
        home.bring(older)
    assert home.in_dam() == [newer.sha1]
    assert home.sql("SELECT upload_status, box_sha1 FROM derivative_assets") == [("completed", newer.sha1)]
