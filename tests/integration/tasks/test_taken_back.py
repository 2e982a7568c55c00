"""Files that are gone from Box: what was sent of them is found, what was not is let go, what is new is left alone."""

import pytest

from domain.errors import NotDoneYet
from tasks.taken_back import let_go
from tests.integration.tasks.coming_home import ComingHome


def test_a_rework_that_another_run_has_announced_is_not_taken_for_one_that_was_taken_back(home: ComingHome):
    home.hand_in()
    home.bring()
    home.sql("UPDATE derivative_assets SET created_at = now() - interval '9 days', last_attempt_at = created_at")
    busy, files, _ = home.look()
    home.hand_in(seed="reworked")
    home.announce()
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
    looked = home.services.dam.uploaded_asset

    def meanwhile(*where, **what):
        home.announce()
        return looked(*where, **what)

    home.services.dam.uploaded_asset = meanwhile  # type: ignore[method-assign]
    let_go(files, busy)

    assert home.sql("SELECT upload_status FROM derivative_assets") == [("pending",)]
    assert "derivative_withdrawn" not in home.events()
