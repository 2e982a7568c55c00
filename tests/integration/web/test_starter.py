"""Bursts of events become one run."""

import threading
from contextlib import closing

import pytest

from domain.box_webhooks import UploadEvent
from entrypoints.web.starter import BurstStarter
from tests.waiting import until


def event(number: int, file_id: str | None = None) -> UploadEvent:
    return UploadEvent(f"e-{number}", "FILE.UPLOADED", file_id or str(number), "a.mp4", None, None, (), None)


class Runs:
    """Starts that were asked for, and what was noted of them."""

    def __init__(self) -> None:
        self.started: list[tuple[list[str], str]] = []
        self.noted: list[tuple[list[str], str]] = []
        self.errors: list[Exception] = []
        self.asked = threading.Event()
        self.hold = threading.Event()
        self.hold.set()

    def start(self, file_ids, key) -> str:
        self.asked.set()
        assert self.hold.wait(10)
        self.started.append((list(file_ids), key))
        if self.errors:
            raise self.errors.pop(0)
        return f"run-{len(self.started)}"

    def note(self, event_ids, run_id) -> None:
        self.noted.append((list(event_ids), run_id))


@pytest.fixture
def runs() -> Runs:
    return Runs()


def test_files_that_come_in_a_burst_share_one_run(runs):
    with closing(BurstStarter(runs.start, runs.note, window_s=60)) as starter:
        for each in (event(1), event(2), event(3, "1")):
            starter(each)

    assert runs.started == [(["1", "2"], "e-1")]
    assert runs.noted == [(["e-1", "e-2", "e-3"], "run-1")]


def test_a_file_that_comes_later_gets_a_run_of_its_own(runs):
    with closing(BurstStarter(runs.start, runs.note, window_s=0)) as starter:
        starter(event(1))
        until(lambda: runs.noted, what="the first run")
        starter(event(2))
        until(lambda: len(runs.noted) == 2, what="the second run")

    assert runs.started == [(["1"], "e-1"), (["2"], "e-2")]


def test_what_came_while_a_run_was_being_started_shares_the_next(runs):
    runs.hold.clear()
    with closing(BurstStarter(runs.start, runs.note, window_s=0.05)) as starter:
        starter(event(1))
        assert runs.asked.wait(10)
        starter(event(2))
        starter(event(3))
        runs.hold.set()

    assert [file_ids for file_ids, _ in runs.started] == [["1"], ["2", "3"]]


@pytest.mark.parametrize("error", [RuntimeError("http://user:secret@host"), OSError()])
def test_a_start_that_fails_is_told_and_the_next_is_tried(runs, error, caplog):
    runs.errors = [error]
    with closing(BurstStarter(runs.start, runs.note, window_s=0)) as starter:
        starter(event(1))
        until(lambda: runs.started, what="the first try")
        starter(event(2))
        until(lambda: runs.noted, what="the second run")

    assert runs.noted == [(["e-2"], "run-2")]
    assert f"starting a run for 1 files failed ({type(error).__name__}); the next poll takes them" in caplog.text
    assert "secret" not in caplog.text


def test_what_waits_is_started_at_the_end_without_waiting_for_more(runs):
    starter = BurstStarter(runs.start, runs.note, window_s=3600)
    starter(event(1))
    starter.close()

    assert runs.started == [(["1"], "e-1")]


def test_a_server_that_does_not_answer_does_not_hold_up_the_end(runs):
    runs.hold.clear()
    starter = BurstStarter(runs.start, runs.note, window_s=0)
    starter(event(1))
    starter.close(timeout_s=0.1)

    assert runs.started == []
    runs.hold.set()
    until(lambda: runs.noted, what="the thread to end")
