"""Rejections: one that counts for each asset, answered by what comes home, and whose asset it is."""

from datetime import timedelta
from typing import Any

from sqlalchemy import func, update
from sqlalchemy.orm import Session

from db.models import DerivativeAsset, MasterAsset, RejectedAsset
from db.repositories import derivatives
from db.repositories.events import record_event
from db.repositories.moves import finish_move, mark_overtaken, plan_move
from db.repositories.owners import owners
from db.repositories.rejections import (
    begin_rejection,
    current_rejection,
    current_rejections,
    record_fetched,
    record_not_fetched,
    record_returned,
    rejections_of_last_round,
    reworks_of,
)
from tests.integration.db.handed_in import NAME, MakeRow, new

NUMBER, FLOW = "C000000078", "a5-to-a6"


def rejection(session: Session, master: MasterAsset, opentext_id: str = "x", **more: Any) -> RejectedAsset:
    """Write down that an asset was rejected."""
    return begin_rejection(
        session,
        **{
            "campaign_number": NUMBER,
            "opentext_id": opentext_id,
            "tracking_id": master.tracking_id,
            "master_asset_id": master.id,
            "derivative_asset_id": None,
            "original_filename": f"{opentext_id}.png",
            "asset_path": f"{opentext_id}.png",
            "file_size_bytes": 5,
            "content_md5": None,
            "digest": "first",
            "approval_status": "NOT APPROVED",
            "verdicts": [],
            **more,
        },
    )


def fetched(session: Session, row: RejectedAsset) -> RejectedAsset:
    """Note that it has arrived in Box."""
    return record_fetched(session, row.id, box_file_id="7", box_url="https://box.example.com/7", box_sha1="0" * 40)


def sent_back(session: Session, *asset_ids: str, overtaken: bool = False) -> None:
    """Move the campaign on to rework with these assets."""
    move = plan_move(
        session,
        campaign_number=NUMBER,
        campaign_folder_id="f",
        campaign_name="Name",
        workflow=FLOW,
        from_status="A5",
        to_status="A6",
        detail={"asset_ids": list(asset_ids)},
    )
    (mark_overtaken if overtaken else finish_move)(session, move.id)


def test_the_same_rejection_is_one_row_and_another_one_takes_its_place(session: Session, make_master):
    master = make_master()
    first = rejection(session, master)
    assert rejection(session, master).id == first.id
    second = rejection(session, master, digest="second")
    third = rejection(session, master)
    assert len({first.id, second.id, third.id}) == 3, "what was said first counts anew when it is said again"
    assert current_rejections(session, NUMBER)["x"].id == third.id


def test_why_one_did_not_arrive_is_kept_until_it_has(session: Session, make_master):
    row = rejection(session, make_master())
    assert current_rejection(session, NUMBER, "unknown") is None
    record_not_fetched(session, row.id, "no content", sign="Sign", failures=3, rest=timedelta(hours=4))
    failed = current_rejection(session, NUMBER, "x")
    assert failed is not None
    assert failed.next_attempt_at is not None
    assert (failed.last_error, failed.failure_count, failed.delivered_at) == ("no content", 3, None)
    row = fetched(session, row)
    assert (row.last_error, row.last_error_sign, row.failure_count, row.next_attempt_at) == (None, None, 0, None)
    assert row.delivered_at is not None


def test_a_rejection_is_answered_by_other_content_of_its_derivative_only(session: Session, make_row: MakeRow):
    row = make_row()
    master = session.get_one(MasterAsset, row.master_asset_id)
    rejected = rejection(session, master, "asset-1", derivative_asset_id=row.id)
    answer = {"tracking_id": row.tracking_id, "dam_asset_id": "asset-2"}
    assert record_returned(session, derivative_asset_id=row.id + 1, **answer) == []
    same = answer | {"dam_asset_id": "asset-1"}
    assert record_returned(session, derivative_asset_id=row.id, **same) == []
    assert record_returned(session, derivative_asset_id=row.id, **answer) == [rejected]
    assert record_returned(session, derivative_asset_id=row.id, **answer) == [], "once"


def test_a_rejected_master_is_answered_by_any_of_its_derivatives(session: Session, make_row: MakeRow):
    row = make_row()
    rejected = rejection(session, session.get_one(MasterAsset, row.master_asset_id))
    for tracking_id, answered in (("zzzzzz", []), (row.tracking_id, [rejected])):
        found = record_returned(session, tracking_id=tracking_id, dam_asset_id="asset-2", derivative_asset_id=row.id)
        assert found == answered


def test_the_reworks_of_a_campaign_are_those_of_its_last_round(session: Session, make_master):
    master = make_master()
    assert reworks_of(session, NUMBER).names == ()
    one, two = (fetched(session, rejection(session, master, asset_id)) for asset_id in ("one", "two"))
    rejection(session, master, "not fetched")
    assert reworks_of(session, NUMBER).names == ("one.png", "two.png")

    sent_back(session, "one", "two")
    session.execute(update(RejectedAsset).where(RejectedAsset.id == one.id).values(returned_at=one.created_at))
    reworks = reworks_of(session, NUMBER)
    assert (reworks.names, reworks.waiting, reworks.are_back) == (("one.png", "two.png"), ("two.png",), False)

    sent_back(session, "two")
    sent_back(session, "one", overtaken=True)
    assert reworks_of(session, NUMBER).names == ("two.png",)
    session.execute(update(RejectedAsset).where(RejectedAsset.id == two.id).values(returned_at=two.created_at))
    assert reworks_of(session, NUMBER).are_back


def test_what_was_rejected_after_the_last_move_is_of_a_round_that_still_goes_out(session: Session, make_master):
    master = make_master()
    rejection(session, master, "old")
    sent_back(session, "other")
    new = rejection(session, master, "new")
    session.execute(update(RejectedAsset).where(RejectedAsset.id == new.id).values(created_at=func.clock_timestamp()))
    assert [row.opentext_id for row in rejections_of_last_round(session, campaign_number=NUMBER)] == ["new"]
    assert rejections_of_last_round(session, tracking_id=master.tracking_id.swapcase()) == []


def test_an_asset_belongs_to_the_derivative_that_it_is_or_was_else_to_the_master(session: Session, make_master):
    master, other = make_master("dam-master"), make_master("dam-elsewhere", campaign_number="C000000099")
    derivatives.expect(session, [new(master)])
    row = derivatives.derivative(session, master.tracking_id, NAME)
    assert row is not None
    for asset_id in ("before", "now"):
        derivatives.record_arrived(session, row.id, asset_id)
        arrived(session, row, asset_id)
    found = owners(session, NUMBER, {"before", "now", "dam-master", "dam-elsewhere", "nobody's"})
    shown = {key: (owner.tracking_id, owner.derivative_id, owner.is_current) for key, owner in found.items()}
    assert shown == {
        "before": (master.tracking_id, row.id, False),
        "now": (master.tracking_id, row.id, True),
        "dam-master": (master.tracking_id, None, True),
    }
    assert other.tracking_id not in {owner.tracking_id for owner in found.values()}


def arrived(session: Session, row: DerivativeAsset, asset_id: str) -> None:
    """Write into the audit trail what a run writes there."""
    detail = {"name": row.derivative_filename, "dam_asset_id": asset_id}
    record_event(
        session,
        tracking_id=row.tracking_id,
        event_type="derivative_uploaded",
        detail=detail,
        campaign_number=NUMBER,
    )
