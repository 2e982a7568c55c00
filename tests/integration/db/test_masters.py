"""Masters: one row per asset and campaign, one tracking id for ever."""

import string
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import event, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from db.engine import Store
from db.models import DerivativeAsset, MasterAsset
from db.repositories import masters
from db.repositories.masters import find_or_create_master
from domain.errors import StoreError


def drawing(*tracking_ids: str):
    """A draw that gives these ids, in this order."""
    left: Iterator[str] = iter(tracking_ids)
    return lambda: next(left)


def arrive(session: Session, master: MasterAsset) -> None:
    masters.record_delivered(
        session, master.id, box_file_id="77", box_url="https://app.box.com/file/77", box_sha1="a" * 40
    )


def test_a_drawn_tracking_id_has_six_letters_or_digits():
    drawn = {masters.draw_tracking_id() for _ in range(200)}

    assert len(drawn) == 200
    assert all(len(one) == 6 and set(one) <= set(string.ascii_letters + string.digits) for one in drawn)


def test_the_second_call_finds_the_master_of_the_first(session: Session):
    first = find_or_create_master(session, opentext_id="d1", campaign_number="C1", original_filename="a.mp4")
    second = find_or_create_master(session, opentext_id="d1", campaign_number="C1", original_filename="other.mp4")

    assert second.id == first.id
    assert second.tracking_id == first.tracking_id
    assert second.original_filename == "a.mp4"


def test_one_asset_in_two_campaigns_is_two_masters(session: Session):
    one = find_or_create_master(session, opentext_id="d1", campaign_number="C1", original_filename="a.mp4")
    two = find_or_create_master(session, opentext_id="d1", campaign_number="C2", original_filename="a.mp4")

    assert one.tracking_id != two.tracking_id


def test_a_tracking_id_that_is_taken_is_drawn_again(session: Session):
    draw = drawing("AAAAAA", "AAAAAA", "BBBBBB")
    one = find_or_create_master(session, opentext_id="1", campaign_number="C1", draw=draw, original_filename="a")
    two = find_or_create_master(session, opentext_id="2", campaign_number="C1", draw=draw, original_filename="b")

    assert (one.tracking_id, two.tracking_id) == ("AAAAAA", "BBBBBB")


def test_tracking_ids_that_differ_in_case_are_two(session: Session):
    draw = drawing("AbCdEf", "aBcDeF")
    one = find_or_create_master(session, opentext_id="1", campaign_number="C1", draw=draw, original_filename="a")
    two = find_or_create_master(session, opentext_id="2", campaign_number="C1", draw=draw, original_filename="b")

    assert masters.master_by_tracking_id(session, "AbCdEf") is one
    assert masters.master_by_tracking_id(session, "aBcDeF") is two
    assert masters.master_by_tracking_id(session, "ABCDEF") is None


def test_a_draw_that_never_gives_a_free_id_is_an_error(session: Session):
    find_or_create_master(session, opentext_id="1", campaign_number="C", draw=lambda: "AAAAAA", original_filename="a")

    with pytest.raises(StoreError, match="Asset 2: no free tracking id"):
        find_or_create_master(
            session, opentext_id="2", campaign_number="C", draw=lambda: "AAAAAA", original_filename="b"
        )


def test_callers_that_race_get_one_master(store: Store, threads: ThreadPoolExecutor):
    def create(_: int) -> tuple[int, str]:
        with store.transaction() as session:
            found = find_or_create_master(session, opentext_id="1", campaign_number="C", original_filename="a")
            return found.id, found.tracking_id

    assert len(set(threads.map(create, range(24)))) == 1


def test_callers_that_race_for_one_tracking_id_get_two(store: Store, threads: ThreadPoolExecutor):
    def create(asset: int) -> str:
        with store.transaction() as session:
            draw = drawing("AAAAAA", f"BBBBB{asset}")
            return find_or_create_master(
                session, opentext_id=str(asset), campaign_number="C", draw=draw, original_filename="a"
            ).tracking_id

    drawn = list(threads.map(create, range(8)))

    assert len(set(drawn)) == 8
    assert drawn.count("AAAAAA") == 1


@pytest.mark.parametrize("tracking_id", ["abc12", "abc1234", "abc-12", "äbc123", "abc12\n", ""])
def test_the_database_refuses_what_is_no_tracking_id(session: Session, tracking_id: str):
    with pytest.raises(IntegrityError), session.begin_nested():
        find_or_create_master(
            session, opentext_id="1", campaign_number="C", draw=lambda: tracking_id, original_filename="a"
        )


def test_a_delivered_master_knows_its_file_in_box(session: Session, make_master):
    master = make_master()
    masters.record_failed(session, master.id, "Box was away")
    arrive(session, master)

    session.refresh(master)
    assert (master.delivery_status, master.box_file_id, master.attempt_count) == ("delivered", "77", 2)
    assert master.delivered_at is not None
    assert master.last_error is None


def test_a_failure_after_the_delivery_leaves_it_delivered(session: Session, make_master):
    master = make_master()
    arrive(session, master)
    masters.record_failed(session, master.id, "late")

    session.refresh(master)
    assert (master.delivery_status, master.last_error) == ("delivered", "late")


def test_undelivered_are_the_pending_and_the_failed(session: Session, make_master):
    pending, failed, delivered = make_master(), make_master(), make_master()
    masters.record_failed(session, failed.id, "no")
    arrive(session, delivered)
    session.expire_all()

    assert masters.undelivered(session, "C000000078") == [pending, failed]
    assert masters.masters_of(session, "C000000078") == [pending, failed, delivered]


def test_a_delivery_of_no_known_master_is_an_error(session: Session):
    with pytest.raises(StoreError, match="no master with id 4711"):
        masters.record_failed(session, 4711, "no")


def test_a_master_cannot_be_delivered_without_a_file(session: Session, make_master):
    master = make_master()

    with pytest.raises(IntegrityError, match="delivered_has_file"), session.begin_nested():
        session.execute(text("UPDATE master_assets SET delivery_status = 'delivered'"))
    session.refresh(master)
    assert master.delivery_status == "pending"


def test_the_whole_metadata_is_kept_and_answers_the_reports_queries(session: Session, make_master):
    elements = [{"id": f"FIELD.{n}", "value": "x" * 200} for n in range(1000)]
    metadata = {"name": "a.mp4", "metadata": {"metadata_element_list": elements}}
    master = make_master(full_metadata=metadata)

    assert masters.full_metadata(session, master.id) == metadata
    assert master.metadata_read_at is not None
    name, first = session.execute(
        text(
            "SELECT full_metadata->>'name', full_metadata->'metadata'->'metadata_element_list'->0->>'id'"
            " FROM master_assets"
        )
    ).one()
    assert (name, first) == ("a.mp4", "FIELD.0")


def test_the_metadata_index_finds_an_element(session: Session, make_master):
    make_master(full_metadata={"metadata": {"metadata_element_list": [{"id": "A"}]}})
    session.execute(text("SET LOCAL enable_seqscan = off"))
    query = "SELECT 1 FROM master_assets WHERE full_metadata @? '$.metadata.metadata_element_list[*] ? (@.id == \"A\")'"

    assert session.scalar(text(query)) == 1
    assert "ix_master_assets_full_metadata" in str(session.execute(text(f"EXPLAIN {query}")).all())


def test_a_list_of_masters_does_not_read_their_metadata(store: Store, session: Session, make_master):
    make_master(full_metadata={"name": "a"})
    session.expire_all()
    statements: list[str] = []
    event.listen(store.engine, "before_cursor_execute", lambda *call: statements.append(call[2]))

    masters.masters_of(session, "C000000078")

    assert statements
    assert "full_metadata" not in "".join(statements)


def test_no_metadata_is_stored_as_null(session: Session, make_master):
    make_master(full_metadata=None)

    assert session.scalar(text("SELECT full_metadata IS NULL FROM master_assets")) is True


def test_fresh_facts_replace_the_old_ones_and_move_the_time(session: Session, make_master):
    master = make_master(description="old")
    before = master.updated_at
    masters.refresh_master(
        session, master.id, opentext_id=master.opentext_id, original_filename="new.mp4", description=None
    )

    session.refresh(master)
    assert (master.original_filename, master.description) == ("new.mp4", None)
    assert master.updated_at > before


def test_a_master_stays_readable_after_its_transaction(store: Store):
    with store.transaction() as session:
        master = find_or_create_master(session, opentext_id="1", campaign_number="C", original_filename="a")
        master.description = "changed"

    assert master.description == "changed"
    assert master.updated_at >= master.created_at


def test_one_filename_is_one_derivative_of_a_master(session: Session, make_master):
    master = make_master()
    row = {"tracking_id": master.tracking_id, "master_asset_id": master.id, "derivative_filename": "x.mp4"}
    session.add(DerivativeAsset(**row))
    session.flush()

    with pytest.raises(IntegrityError), session.begin_nested():
        session.add(DerivativeAsset(**row))
        session.flush()
    assert session.scalars(select(DerivativeAsset.upload_status)).all() == ["pending"]
