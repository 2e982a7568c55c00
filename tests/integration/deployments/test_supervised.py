"""Programs that are kept running, with real processes."""

import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from deployments.supervised import Program, Supervised
from tests.processes import has_ended
from tests.waiting import until

SPEAKER = "import time; print('up', flush=True); time.sleep(600)"
"""Says one word and stays."""
PARENT = """
import subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], start_new_session=True)
print("child", child.pid, flush=True)
time.sleep(600)
"""
"""Starts another program in a session of its own, as a worker does with runs."""


class Watched:
    """A supervised program, and all that was told of it."""

    def __init__(self, code: str, folder: Path, **more: Any) -> None:
        self.said: list[str] = []
        self.shown: list[str] = []
        self.program = Program("helper", ["-c", code], {}, folder / "logs" / "helper.log")
        self.supervised = Supervised(
            self.program, owner=str(folder), say=self.said.append, show=self.shown.append, first_wait_s=0.01, **more
        )

    def kill(self) -> int:
        """Kill the program, and return which process it was."""
        pid = self.supervised.pid
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        return pid


@pytest.fixture
def watch(tmp_path: Path) -> Iterator[Callable[[str], Watched]]:
    """Start a program that is kept running, and stop it at the end."""
    all_: list[Watched] = []

    def start(code: str) -> Watched:
        all_.append(Watched(code, tmp_path))
        all_[-1].supervised.start()
        return all_[-1]

    yield start
    for watched in all_:
        watched.supervised.stop()


def test_what_it_says_is_shown_and_kept_in_its_log(watch: Callable[[str], Watched]) -> None:
    watched = watch(SPEAKER)
    until(lambda: watched.shown, what="its first word")
    assert watched.shown == ["up"]
    until(lambda: watched.program.log.read_text() == "up\n", what="the word in the log")


def test_a_program_that_is_killed_is_started_again_and_that_is_said(watch: Callable[[str], Watched]) -> None:
    watched = watch(SPEAKER)
    until(lambda: len(watched.shown) == 1, what="its first word")
    pid = watched.kill()
    until(lambda: len(watched.shown) == 2, what="the word of the one after")
    assert watched.supervised.pid not in (None, pid)
    assert watched.said == [f"helper ended (SIGKILL) and is started again in 0.01 s; see {watched.program.log}"]


def test_one_that_ends_at_once_is_started_again_ever_more_slowly(watch: Callable[[str], Watched]) -> None:
    watched = watch("raise SystemExit(3)")
    until(lambda: len(watched.said) >= 3, what="three ends")
    waits = [line.partition(" again in ")[2].partition(" s;")[0] for line in watched.said[:3]]
    assert waits == ["0.01", "0.02", "0.04"]
    assert "ended (exit code 3)" in watched.said[0]


def test_what_was_stopped_is_not_started_again_and_leaves_nothing_behind(watch: Callable[[str], Watched]) -> None:
    watched = watch(PARENT)
    until(lambda: watched.shown, what="its child")
    child = int(watched.shown[0].split()[1])
    assert [process.pid for process in watched.supervised.descendants()] == [child]
    watched.supervised.stop()
    assert watched.supervised.pid is None
    until(lambda: has_ended(child), what="the child to end")
    assert watched.said == []


def test_what_a_killed_program_has_left_does_not_keep_it_from_being_started_again_and_is_stopped_in_the_end(
    watch: Callable[[str], Watched],
) -> None:
    watched = watch(PARENT)
    until(lambda: len(watched.shown) == 1, what="its child")
    child = int(watched.shown[0].split()[1])
    watched.kill()
    until(lambda: len(watched.shown) == 2, what="the child of the one after")
    assert not has_ended(child)
    watched.supervised.stop()
    until(lambda: has_ended(child), what="the first child to end")


def test_one_that_waits_to_be_started_again_can_be_stopped(tmp_path: Path) -> None:
    said: list[str] = []
    program = Program("helper", ["-c", ""], {}, tmp_path / "helper.log")
    supervised = Supervised(program, owner=str(tmp_path), say=said.append, first_wait_s=600)
    supervised.start()
    until(lambda: said, what="its end")
    supervised.stop()
    assert len(said) == 1
