"""Derivatives whose files are nowhere to be seen, and those whose files were taken back before they arrived."""

from datetime import timedelta

from sqlalchemy.orm import Session

from db.models import DerivativeAsset, MasterAsset
from db.repositories import derivatives
from tests.integration.db.handed_in import HOUR, MakeRow, begun, facts_of, fail, new, now, sha1, touched, what_was_sent

NO_REST = timedelta(0)


def test_the_open_ones_whose_files_are_not_seen_are_told_oldest_first(session: Session, make_row: MakeRow):
    pending, seen, failed = make_row(file_id="1"), make_row(file_id="2"), make_row(file_id="3")
    fail(session, failed)
    later = now(session) + HOUR

    assert derivatives.open_elsewhere(session, ["2"], later) == [pending, failed]
    assert derivatives.open_elsewhere(session, [], later) == [pending, seen, failed]
    assert derivatives.open_elsewhere(session, ["1", "2", "3"], later) == []


def test_an_open_one_of_which_no_file_is_known_is_nowhere_to_be_seen(session: Session, make_master):
    master = make_master()
    session.add(
        DerivativeAsset(tracking_id=master.tracking_id, master_asset_id=master.id, derivative_filename="old.mp4")
    )
    session.flush()

    (found,) = derivatives.open_elsewhere(session, ["77"], now(session) + HOUR)
    assert found.derivative_filename == "old.mp4"


def test_what_has_arrived_or_was_taken_back_is_not_open(session: Session, make_row: MakeRow):
    arrived, withdrawn = make_row(file_id="1"), make_row(file_id="2")
    derivatives.record_arrived(session, arrived.id, "asset-1")
    derivatives.withdraw(session, withdrawn.id)

    assert derivatives.open_elsewhere(session, [], now(session) + HOUR) == []


def test_new_content_of_what_has_arrived_is_open(session: Session, row: DerivativeAsset):
    derivatives.record_arrived(session, row.id, "asset-1")
    begun(session, row, "second")

    assert derivatives.open_elsewhere(session, [], now(session) + HOUR) == [row]


def test_what_was_written_down_since_the_look_is_left_out(session: Session, row: DerivativeAsset):
    assert derivatives.open_elsewhere(session, [], now(session)) == []


def test_what_was_begun_since_the_look_is_left_out_however_old_it_is(session: Session, row: DerivativeAsset):
    touched(session, row, created_at=now(session) - 2 * HOUR)
    assert derivatives.open_elsewhere(session, [], now(session) - HOUR) == [row]
    begun(session, row)
    assert derivatives.open_elsewhere(session, [], now(session) - HOUR) == []


def test_a_rework_that_was_announced_since_the_look_is_left_out_however_old_its_row_is(
    session: Session, row: DerivativeAsset
):
    master = session.get_one(MasterAsset, row.master_asset_id)
    derivatives.record_arrived(session, row.id, "asset-1")
    touched(session, row, created_at=now(session) - 9 * HOUR, last_attempt_at=now(session) - 8 * HOUR)
    derivatives.expect(session, [new(master, "second", file_id="78")])

    assert derivatives.open_elsewhere(session, [], now(session)) == []
    assert derivatives.open_elsewhere(session, [], now(session) + HOUR) == [row]


def test_one_that_failed_is_left_out_once_other_content_of_it_was_announced(session: Session, row: DerivativeAsset):
    master = session.get_one(MasterAsset, row.master_asset_id)
    begun(session, row)
    fail(session, row)
    touched(session, row, last_attempt_at=now(session) - 8 * HOUR)
    derivatives.expect(session, [new(master)])
    assert derivatives.open_elsewhere(session, [], now(session)) == [row]

    derivatives.expect(session, [new(master, "second", file_id="78")])
    assert derivatives.open_elsewhere(session, [], now(session)) == []
    session.refresh(row)
    assert (row.upload_status, row.box_sha1, row.box_file_id) == ("failed", sha1("first"), "77")


def test_a_row_that_is_taken_back_says_nothing_of_the_content(session: Session, row: DerivativeAsset):
    begun(session, row)
    derivatives.record_sending(session, row.id, md5="m1")
    derivatives.record_job(session, row.id, "job-1")
    fail(session, row)

    assert derivatives.withdraw(session, row.id) is True
    session.refresh(row)
    assert row.upload_status == "withdrawn"
    assert (row.box_file_id, row.box_file_version_id, row.box_sha1) == (None, None, None)
    assert (row.next_attempt_at, *what_was_sent(row)) == (None, None, False, None)


def test_a_derivative_whose_new_content_is_taken_back_is_the_asset_that_arrived_earlier(
    session: Session, row: DerivativeAsset
):
    begun(session, row)
    derivatives.record_arrived(session, row.id, "asset-1")
    begun(session, row, "second")

    assert derivatives.withdraw(session, row.id) is True
    session.refresh(row)
    assert (row.upload_status, row.dam_asset_id, row.box_sha1) == ("completed", "asset-1", None)


def test_what_has_arrived_meanwhile_is_not_taken_back(session: Session, row: DerivativeAsset):
    begun(session, row)
    derivatives.record_arrived(session, row.id, "asset-1")
    before = facts_of(session, row)

    assert derivatives.withdraw(session, row.id) is False
    assert facts_of(session, row) == before


def test_a_row_is_taken_back_once(session: Session, row: DerivativeAsset):
    assert derivatives.withdraw(session, row.id) is True
    assert derivatives.withdraw(session, row.id) is False


def test_what_was_taken_back_can_be_handed_in_again_as_if_it_were_new(session: Session, row: DerivativeAsset):
    begun(session, row)
    fail(session, row)
    derivatives.withdraw(session, row.id)
    begun(session, row)

    assert (row.upload_status, row.box_sha1) == ("pending", sha1("first"))
    assert (row.retry_count, row.last_error) == (0, None)


def test_a_file_that_was_to_be_deleted_and_is_not_seen_is_told_until_it_is_noted(session: Session, make_row: MakeRow):
    gone, there, other = make_row(file_id="1"), make_row(file_id="2"), make_row(file_id="3")
    for row in (there, gone):
        derivatives.record_removing(session, (row.tracking_id, row.derivative_filename), row.box_file_id or "")

    assert derivatives.removing_elsewhere(session, ["2", "3"]) == [gone]
    assert derivatives.removing_elsewhere(session, []) == [gone, there]
    derivatives.record_not_removing(session, (gone.tracking_id, gone.derivative_filename))
    assert derivatives.removing_elsewhere(session, []) == [there]
    assert other.removing_file_id is None


def test_a_deletion_is_open_also_when_other_content_is_taken_up_meanwhile(session: Session, row: DerivativeAsset):
    begun(session, row)
    derivatives.record_removing(session, (row.tracking_id, row.derivative_filename), "77")
    begun(session, row, "second", file_id="78")

    (found,) = derivatives.removing_elsewhere(session, ["78"])
    assert (found.id, found.removing_file_id) == (row.id, "77")
