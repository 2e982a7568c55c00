"""One installation for each folder."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from deployments.sole import sole_use
from deployments.supervised import Program, Supervised
from domain.errors import ConfigError
from tests.waiting import until


@pytest.fixture
def left(tmp_path: Path) -> Iterator[Callable[[Path], Supervised]]:
    """Start a program as one of the installation in that folder, and look after it no more than to end it."""
    all_: list[Supervised] = []

    def start(folder: Path) -> Supervised:
        program = Program("worker", ["-c", "import time; time.sleep(600)"], {}, tmp_path / "worker.log")
        all_.append(Supervised(program, owner=str(folder), say=lambda _: None, first_wait_s=600))
        all_[-1].start()
        return all_[-1]

    yield start
    for supervised in all_:
        supervised.stop()


def test_a_second_one_in_the_same_folder_is_refused_until_the_first_has_ended(tmp_path: Path) -> None:
    with sole_use(tmp_path), pytest.raises(ConfigError, match=f"runs already in {tmp_path}; stop it first"):
        sole_use(tmp_path).__enter__()
    with sole_use(tmp_path) as stopped:
        assert stopped == 0


def test_what_a_killed_one_has_left_running_is_stopped(tmp_path: Path, left: Callable[[Path], Supervised]) -> None:
    worker = left(tmp_path)
    with sole_use(tmp_path) as stopped:
        assert stopped == 1
        until(lambda: worker.pid is None, what="the worker to end")


def test_what_is_of_another_installation_is_left_alone(tmp_path: Path, left: Callable[[Path], Supervised]) -> None:
    worker = left(tmp_path / "up-2")
    stranger = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    try:
        with sole_use(tmp_path / "up") as stopped:
            assert stopped == 0
        assert worker.pid is not None
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()
