"""Files that are gone from Box: what was sent of them is found, what was not is let go, what is new is left alone."""

import pytest

from db.models import DerivativeAsset
from db.repositories.rejections import begin_rejection
from domain.errors import NotDoneYet
from sandbox.drops import STILL
from tasks.taken_back import let_go
from tests.integration.tasks.coming_home import ComingHome


def reject(home: ComingHome) -> None:
    """Have a reviewer reject what has come home."""
    with home.store.transaction() as session:
        row = session.query(DerivativeAsset).one()
        begin_rejection(
            session,
            campaign_number=home.number,
            opentext_id=row.dam_asset_id or "",
            tracking_id=row.tracking_id,
            master_asset_id=row.master_asset_id,
            derivative_asset_id=row.id,
            original_filename=row.derivative_filename,
            asset_path=row.derivative_filename,
            file_size_bytes=row.file_size_bytes,
            content_md5=row.content_md5,
            digest="first round",
            approval_status="NOT APPROVED",
            verdicts=[],
        )


def test_what_arrives_although_its_file_was_taken_out_is_told_and_answers_the_rejection(home: ComingHome):
    home.hand_in(metadata={"creativexScore": 61})
    home.bring()
    reject(home)
    home.twin.settings.otmm.import_polls = None
    file = home.hand_in(seed="reworked", metadata={"creativexScore": 82})
    with pytest.raises(NotDoneYet):
        home.bring()
    with home.twin.otmm.lock:
        home.twin.otmm.jobs.finish_all()
    home.drops.remove(file.id)
    home.let_go()

    columns = "upload_status, box_sha1, creativex_score, sent_at"
    assert home.sql(f"SELECT {columns} FROM derivative_assets") == [("completed", file.sha1, "82", None)]
    assert home.events()[-2:] == ["derivative_uploaded", "rework_returned"]
    assert home.sql("SELECT count(*) FROM rejected_assets WHERE returned_at IS NULL") == [(0,)]
    assert home.mails() == ["a2_to_a3_file_uploaded"] * 2
    told = "payload->>'kept_in_box', payload->'score'->>'value', payload->>'is_rework', payload->'file'->>'path'"
    assert home.sql(f"SELECT {told} FROM outbox ORDER BY id DESC LIMIT 1") == [(None, "82", "true", file.name)]
    ((warnings,),) = home.sql("SELECT payload->'warnings' FROM outbox ORDER BY id DESC LIMIT 1")
    assert warnings == ["its file was taken out of Box after it had been sent; see whether it is wanted in the DAM"]

    home.let_go()
    assert len(home.mails()) == 2


def test_a_file_whose_folder_in_the_dam_cannot_be_looked_into_holds_up_no_other(home: ComingHome):
    file = home.hand_in()
    other = home.hand_in(STILL.replace("_DIG_", "_OLV_"), seed="other")
    home.twin.settings.otmm.import_polls = None
    with pytest.raises(NotDoneYet):
        home.bring(file)
    home.announce(home.look(other)[2])
    folder_id = home.folder_id
    for each in (file, other):
        home.drops.remove(each.id)

    home.twin.otmm.set_hidden(folder_id, hidden=True)
    home.let_go()
    assert home.sql("SELECT upload_status FROM derivative_assets ORDER BY id") == [("pending",), ("withdrawn",)]
    home.twin.otmm.set_hidden(folder_id, hidden=False)
    with home.twin.otmm.lock:
        home.twin.otmm.jobs.finish_all()
    home.let_go()
    assert home.sql("SELECT upload_status FROM derivative_assets ORDER BY id") == [("completed",), ("withdrawn",)]


def test_a_rework_that_another_run_has_announced_is_not_taken_for_one_that_was_taken_back(home: ComingHome):
    home.hand_in()
    home.bring()
    home.sql("UPDATE derivative_assets SET created_at = now() - interval '9 days', last_attempt_at = created_at")
    busy, files, _ = home.look()
    home.hand_in(seed="reworked")
    home.announce(home.look()[2])
    let_go(files, busy)

    assert home.sql("SELECT upload_status FROM derivative_assets") == [("pending",)]
    assert "derivative_withdrawn" not in home.events()


def test_a_rework_that_is_announced_while_the_dam_is_asked_for_what_was_sent_before_it_is_left_alone(home: ComingHome):
    home.twin.settings.otmm.import_polls = None
    file = home.hand_in()
    with pytest.raises(NotDoneYet):
        home.bring()
    home.sql("UPDATE derivative_assets SET sent_at = now() - interval '1 day', import_job_id = NULL")
    home.drops.remove(file.id)
    busy, files, _ = home.look()
    home.hand_in(seed="reworked")
    looked = home.services.dam.finish_import

    def meanwhile(*where, **what):
        home.announce(home.look()[2])
        return looked(*where, **what)

    home.services.dam.finish_import = meanwhile  # type: ignore[method-assign]
    let_go(files, busy)

    assert home.sql("SELECT upload_status FROM derivative_assets") == [("pending",)]
    assert "derivative_withdrawn" not in home.events()
