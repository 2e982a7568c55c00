"""Derivatives: one row each, whatever content is handed in under it, and what is known of that content."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from db.engine import Store
from db.models import DerivativeAsset
from db.repositories import derivatives
from db.repositories.derivatives import NewDerivative
from db.repositories.masters import find_or_create_master
from domain.errors import StoreError
from tests.integration.db.handed_in import (
    HOUR,
    NAME,
    MakeRow,
    begun,
    content,
    facts_of,
    fail,
    new,
    now,
    sha1,
    what_was_sent,
)

NO_REST = timedelta(0)


def test_what_is_written_down_is_pending_and_untried(row: DerivativeAsset):
    assert (row.upload_status, row.box_sha1, row.file_extension) == ("pending", sha1("first"), ".mp4")
    assert (row.retry_count, row.last_attempt_at, row.next_attempt_at) == (0, None, None)
    assert what_was_sent(row) == (None, False, None)


def test_a_row_that_is_written_down_twice_is_left_as_it_is_but_for_the_time(session: Session, make_master):
    master = make_master()
    derivatives.expect(session, [new(master, "first")])
    row = derivatives.derivative(session, master.tracking_id, NAME)
    assert row is not None
    before = facts_of(session, row)
    derivatives.expect(session, [new(master, "first")])
    assert facts_of(session, row) == before

    derivatives.expect(session, [new(master, "second", file_id="78")])
    assert facts_of(session, row) == before | {"last_attempt_at": now(session)}


def test_other_content_of_what_has_arrived_is_waited_for_as_soon_as_it_is_written_down(session: Session, make_master):
    master = make_master()
    derivatives.expect(session, [new(master)])
    row = derivatives.derivative(session, master.tracking_id, NAME)
    assert row is not None
    derivatives.record_arrived(session, row.id, "asset-1")
    derivatives.expect(session, [new(master)])
    session.refresh(row)
    assert row.upload_status == "completed"

    derivatives.expect(session, [new(master, "second", file_id="78")])
    session.refresh(row)
    assert (row.upload_status, row.dam_asset_id, row.box_file_id) == ("pending", "asset-1", "78")
    assert row.box_sha1 == sha1("first")


def test_content_that_was_handed_in_before_what_has_arrived_is_not_waited_for(session: Session, make_master):
    master, noon = make_master(), now(session)
    derivatives.expect(session, [new(master, handed_in_at=noon)])
    row = derivatives.derivative(session, master.tracking_id, NAME)
    assert row is not None
    begun(session, row, handed_in_at=noon)
    derivatives.record_arrived(session, row.id, "asset-1")
    before = facts_of(session, row)
    derivatives.expect(session, [new(master, "older", file_id="78", handed_in_at=noon - HOUR)])
    assert facts_of(session, row) == before

    begun(session, row, "newer", file_id="79", handed_in_at=noon + HOUR)
    fail(session, row, "newer")
    before = facts_of(session, row)
    derivatives.expect(session, [new(master, "older", file_id="78", handed_in_at=noon - HOUR)])
    assert facts_of(session, row) == before
    assert (row.handed_in_at, row.dam_handed_in_at) == (noon + HOUR, noon)

    for unknown in (None, noon):
        derivatives.record_arrived(session, row.id, "asset-1")
        derivatives.expect(session, [new(master, "other", file_id="80", handed_in_at=unknown)])
        session.refresh(row)
        assert row.upload_status == ("pending" if unknown is None else "completed")


def test_of_two_contents_in_one_list_the_first_is_written_down(session: Session, make_master):
    master = make_master()
    derivatives.expect(session, [new(master, "first"), new(master, "second"), new(master, name="other.mp4")])

    rows = session.scalars(select(DerivativeAsset).order_by(DerivativeAsset.derivative_filename))
    assert [(row.derivative_filename, row.box_sha1) for row in rows] == [
        (NAME, sha1("first")),
        ("other.mp4", sha1("first")),
    ]


def test_an_empty_list_writes_nothing_down(session: Session):
    derivatives.expect(session, [])

    assert session.scalars(select(DerivativeAsset)).all() == []


def test_runs_that_write_a_row_down_at_once_write_one(store: Store, threads: ThreadPoolExecutor):
    with store.transaction() as session:
        master = find_or_create_master(session, opentext_id="1", campaign_number="C1", original_filename="a.mp4")

    def written(number: int) -> int:
        with store.transaction() as session:
            derivatives.expect(session, [new(master, str(number))])
            row = derivatives.derivative(session, master.tracking_id, NAME)
            assert row is not None
            return row.id

    assert len(set(threads.map(written, range(16)))) == 1


def test_a_derivative_of_no_known_tracking_id_cannot_be_written_down(session: Session, make_master):
    unknown: NewDerivative = {**new(make_master()), "tracking_id": "000000"}

    with pytest.raises(IntegrityError, match="fk_derivative_assets_tracking_id"), session.begin_nested():
        derivatives.expect(session, [unknown])


def test_tracking_ids_that_differ_in_case_are_two_derivatives(session: Session, make_master):
    one, two = make_master(draw=lambda: "AbCdEf"), make_master(draw=lambda: "aBcDeF")
    derivatives.expect(session, [new(one, "one"), new(two, "two")])

    for tracking_id, what in (("AbCdEf", "one"), ("aBcDeF", "two")):
        found = derivatives.derivative(session, tracking_id, NAME)
        assert found is not None
        assert found.box_sha1 == sha1(what)
    assert derivatives.derivative(session, "ABCDEF", NAME) is None


def test_a_name_in_other_case_is_another_derivative(session: Session, row: DerivativeAsset):
    assert derivatives.derivative(session, row.tracking_id, NAME.upper()) is None


def test_derivatives_are_found_by_tracking_id_and_name_together(session: Session, make_row: MakeRow):
    one, two = make_row(name="one.mp4"), make_row(name="two.mp4")
    keys = [(one.tracking_id, "one.mp4"), (two.tracking_id, "one.mp4"), (two.tracking_id.swapcase(), "two.mp4")]

    assert derivatives.derivatives_by_key(session, keys) == {(one.tracking_id, "one.mp4"): one}
    assert derivatives.derivatives_by_key(session, []) == {}


def test_what_was_never_written_down_cannot_be_begun(session: Session, make_master):
    with pytest.raises(StoreError, match="not in the tracking database; run it again"):
        derivatives.begin(session, make_master().tracking_id, NAME, **content("first"))


def test_a_begun_row_has_been_tried_now_and_rests_no_longer(session: Session, row: DerivativeAsset):
    begun(session, row)
    fail(session, row)
    begun(session, row)

    assert (row.upload_status, row.last_attempt_at, row.next_attempt_at) == ("pending", now(session), None)


def test_the_same_content_begun_again_keeps_what_was_sent_of_it(session: Session, row: DerivativeAsset):
    begun(session, row)
    derivatives.record_sending(session, row.id, md5="m1")
    derivatives.record_job(session, row.id, "job-1")
    fail(session, row, error="too slow")
    begun(session, row)

    assert what_was_sent(row) == ("m1", True, "job-1")
    assert (row.retry_count, row.last_error) == (1, "too slow")


def test_the_same_content_in_another_file_is_still_the_same(session: Session, row: DerivativeAsset):
    begun(session, row)
    derivatives.record_sending(session, row.id, md5="m1")
    begun(session, row, file_id="78")

    assert (row.box_file_id, *what_was_sent(row)) == ("78", "m1", True, None)


def test_other_content_forgets_what_was_sent_and_how_often_it_failed(session: Session, row: DerivativeAsset):
    begun(session, row)
    derivatives.record_sending(session, row.id, md5="m1")
    derivatives.record_job(session, row.id, "job-1")
    fail(session, row)
    begun(session, row, "second")

    assert what_was_sent(row) == (None, False, None)
    assert (row.retry_count, row.last_error) == (0, None)
    assert (row.box_sha1, row.box_file_version_id, row.file_size_bytes) == (
        sha1("second"),
        "version of second",
        len("second"),
    )


@pytest.mark.parametrize("what", ["first", "second"])
def test_a_derivative_that_is_begun_again_keeps_the_asset_that_arrived(
    session: Session, row: DerivativeAsset, what: str
):
    begun(session, row)
    derivatives.record_arrived(session, row.id, "asset-1")
    begun(session, row, what)

    assert (row.upload_status, row.dam_asset_id) == ("pending", "asset-1")


def test_what_is_sent_is_open_until_the_dam_has_answered(session: Session, row: DerivativeAsset):
    begun(session, row)
    derivatives.record_sending(session, row.id, md5="m1")
    assert what_was_sent(row) == ("m1", True, None)
    derivatives.record_job(session, row.id, "job-1")
    assert what_was_sent(row) == ("m1", True, "job-1")


def test_what_is_sent_again_has_no_job_yet(session: Session, row: DerivativeAsset):
    begun(session, row)
    derivatives.record_sending(session, row.id, md5="m1")
    derivatives.record_job(session, row.id, "job-1")
    derivatives.record_sending(session, row.id, md5="m1")

    assert what_was_sent(row) == ("m1", True, None)


def test_what_the_dam_has_not_taken_is_not_waited_for(session: Session, row: DerivativeAsset):
    begun(session, row)
    derivatives.record_sending(session, row.id, md5="m1")
    derivatives.record_job(session, row.id, "job-1")
    derivatives.record_not_taken(session, row.id)

    assert what_was_sent(row) == ("m1", False, None)


def test_what_has_arrived_has_its_asset_and_its_facts_and_no_error(session: Session, row: DerivativeAsset):
    begun(session, row)
    fail(session, row)
    begun(session, row)
    derivatives.record_sending(session, row.id, md5="m1")
    derivatives.record_job(session, row.id, "job-1")
    done = derivatives.record_arrived(
        session, row.id, "asset-1", creativex_score="80", width=1920, height=1080, duration_s=6.04, video_codec="h264"
    )

    assert done is row
    assert (row.upload_status, row.dam_asset_id, row.last_error) == ("completed", "asset-1", None)
    assert row.uploaded_at == now(session)
    assert (row.creativex_score, row.width, row.height, row.duration_s) == ("80", 1920, 1080, 6.04)
    assert (row.video_codec, row.frame_rate) == ("h264", None)
    assert what_was_sent(row) == ("m1", False, "job-1")


@pytest.mark.parametrize(
    "record",
    [
        lambda session: derivatives.record_sending(session, 4711, md5="m1"),
        lambda session: derivatives.record_job(session, 4711, "job-1"),
        lambda session: derivatives.record_not_taken(session, 4711),
        lambda session: derivatives.record_arrived(session, 4711, "asset-1"),
    ],
    ids=["sending", "job", "not taken", "arrived"],
)
def test_nothing_is_recorded_of_a_row_that_is_not_there(session: Session, record: Callable[[Session], object]):
    with pytest.raises(StoreError, match="not in the tracking database"):
        record(session)


def test_a_failure_is_counted_and_rests(session: Session, row: DerivativeAsset):
    begun(session, row)
    fail(session, row, error="no field X", rest=HOUR)
    fail(session, row, error="no field Y", rest=2 * HOUR)
    session.refresh(row)

    assert (row.upload_status, row.retry_count, row.last_error) == ("failed", 2, "no field Y")
    assert row.next_attempt_at == now(session) + 2 * HOUR


def test_a_failure_without_rest_may_be_tried_at_once(session: Session, row: DerivativeAsset):
    fail(session, row, rest=HOUR)
    fail(session, row, error="busy", rest=NO_REST)
    session.refresh(row)

    assert (row.upload_status, row.last_error, row.next_attempt_at) == ("failed", "busy", None)


def test_a_failure_leaves_what_was_sent(session: Session, row: DerivativeAsset):
    begun(session, row)
    derivatives.record_sending(session, row.id, md5="m1")
    derivatives.record_job(session, row.id, "job-1")
    fail(session, row, rest=NO_REST)
    session.refresh(row)

    assert what_was_sent(row) == ("m1", True, "job-1")


def test_a_failure_of_other_content_is_not_noted(session: Session, row: DerivativeAsset):
    begun(session, row, "second")
    before = facts_of(session, row)
    fail(session, row, "first")

    assert facts_of(session, row) == before


def test_a_failure_of_one_that_has_arrived_is_not_noted(session: Session, row: DerivativeAsset):
    begun(session, row)
    derivatives.record_arrived(session, row.id, "asset-1")
    before = facts_of(session, row)
    fail(session, row)

    assert facts_of(session, row) == before


def test_a_failure_of_one_that_was_taken_back_is_not_noted(session: Session, row: DerivativeAsset):
    begun(session, row)
    derivatives.withdraw(session, row.id)
    before = facts_of(session, row)
    fail(session, row)

    assert facts_of(session, row) == before


def test_a_failure_is_one_of_its_own_derivative_only(session: Session, make_master):
    one, two = make_master(draw=lambda: "AbCdEf"), make_master(draw=lambda: "aBcDeF")
    derivatives.expect(session, [new(one), new(two), new(one, name="other.mp4")])
    derivatives.record_failed(session, ("AbCdEf", NAME), sha1("first"), "no", HOUR)

    failed = session.scalars(select(DerivativeAsset).where(DerivativeAsset.upload_status == "failed")).all()
    assert [(row.tracking_id, row.derivative_filename) for row in failed] == [("AbCdEf", NAME)]


def test_a_derivative_cannot_be_completed_without_an_asset(session: Session, row: DerivativeAsset):
    with pytest.raises(IntegrityError, match="completed_has_asset"), session.begin_nested():
        session.execute(update(DerivativeAsset).values(upload_status="completed"))


def test_a_status_that_nobody_knows_is_refused(session: Session, row: DerivativeAsset):
    with pytest.raises(IntegrityError, match="upload_status"), session.begin_nested():
        session.execute(update(DerivativeAsset).values(upload_status="lost"))


@pytest.mark.parametrize("status", ["pending", "failed", "withdrawn"])
def test_every_other_status_may_have_an_asset_or_none(session: Session, row: DerivativeAsset, status: str):
    for asset_id in (None, "asset-1"):
        session.execute(update(DerivativeAsset).values(upload_status=status, dam_asset_id=asset_id))
    session.refresh(row)
    assert (row.upload_status, row.dam_asset_id) == (status, "asset-1")
