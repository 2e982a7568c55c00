"""A run that was away for so long that another one has taken its file over leaves the file to that run."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from db.leases import LeaseKeeper
from domain.errors import NotDoneYet
from domain.report import Outcome
from tests.integration.tasks.coming_home import ComingHome


@contextmanager
def another_run(home: ComingHome) -> Iterator[None]:
    """Let this run's leases run out, and another one be at work for the length of the block."""
    ours = home.services.leases
    home.sql("UPDATE leases SET expires_at = now() - interval '1 second'")
    home.services.leases = LeaseKeeper(home.store.url, "the other run")
    try:
        yield
    finally:
        home.services.leases.close()
        home.services.leases = ours


def test_a_file_that_another_run_has_taken_over_is_left_to_it_and_no_failure(home: ComingHome):
    file = home.hand_in()
    box = home.services.box
    download = box.download

    def away(*what: Any, **how: Any) -> Any:
        """Be suspended while the lease runs out and the other run brings the file home."""
        done = download(*what, **how)
        box.download = download  # type: ignore[method-assign]
        with another_run(home):
            assert [fate.outcome for fate in home.bring()] == [Outcome.DELIVERED]
        return done

    box.download = away  # type: ignore[method-assign]
    assert [fate.outcome for fate in home.bring()] == [Outcome.LEFT]
    assert (home.in_dam(), home.in_box()) == ([file.sha1], [])
    assert home.sql("SELECT upload_status, last_error FROM derivative_assets") == [("completed", None)]
    assert home.mails() == ["a2_to_a3_file_uploaded"]


def test_a_file_that_is_gone_is_let_go_by_the_run_that_has_taken_it_over(home: ComingHome):
    home.twin.settings.otmm.import_polls = None
    file = home.hand_in()
    with pytest.raises(NotDoneYet):
        home.bring()
    home.drops.remove(file.id)
    with home.twin.otmm.lock:
        home.twin.otmm.jobs.finish_all()
    dam = home.services.dam
    look = dam.finish_import

    def away(*where: Any, **what: Any) -> str:
        """Be suspended while the other run finds what was sent."""
        dam.finish_import = look  # type: ignore[method-assign]
        with another_run(home):
            home.let_go()
        return look(*where, **what)

    dam.finish_import = away  # type: ignore[method-assign]
    home.let_go()
    assert home.sql("SELECT upload_status FROM derivative_assets") == [("completed",)]
    assert home.mails() == ["a2_to_a3_file_uploaded"]
