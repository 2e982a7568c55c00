"""`content-scaling up` as somebody at a terminal meets it."""

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest
import requests

from deployments.local_server import free_port
from deployments.supervised import marked_processes
from tests.acceptance.command import DEADLINE_S, alone, installed, start
from tests.acceptance.world import World
from tests.waiting import until


class Terminal:
    """A terminal in which `content-scaling up` runs, with a Prefect server and a receiver on ports of its own."""

    def __init__(self, world: World, folder: Path) -> None:
        self.port, self.prefect_port = free_port(), free_port()
        self.environment = alone(
            folder / "home",
            **world.environment,
            DATA_DIR=str(folder / "data"),
            PREFECT_API_URL=f"http://127.0.0.1:{self.prefect_port}/api",
            COLUMNS="200",
        )
        self.folder = folder / "data" / "up"
        self.output = folder / "output"

    @contextmanager
    def up(self) -> Iterator["subprocess.Popen[str]"]:
        """Run it; it is stopped at the end, and leaves nothing."""
        process = start("up", "--port", str(self.port), environment=self.environment, output=self.output)
        try:
            yield process
        finally:
            process.terminate()
            process.wait(DEADLINE_S)

    @property
    def said(self) -> str:
        return self.output.read_text(encoding="utf-8")

    def wait_for_receiver(self) -> None:
        until(self._answers, what=f"the receiver to answer after\n{self.said}", timeout=DEADLINE_S)

    def programs(self, name: str) -> list[psutil.Process]:
        return marked_processes(f"{self.folder}/{name}")

    def _answers(self) -> bool:
        try:
            return requests.get(f"http://127.0.0.1:{self.port}/healthz", timeout=5).ok
        except requests.RequestException:
            return False


@pytest.fixture
def terminal(world: World, tmp_path: Path) -> Iterator[Terminal]:
    found = Terminal(world, tmp_path)
    yield found
    for process in marked_processes(str(found.folder)):
        process.kill()


@pytest.mark.sweep
def test_up_runs_all_of_an_installation_keeps_it_running_and_stops_all_of_it(terminal: Terminal) -> None:
    with terminal.up() as first:
        terminal.wait_for_receiver()
        for line in ("deployments: as in prefect.yaml", f"Prefect pages: http://127.0.0.1:{terminal.prefect_port}"):
            assert line in terminal.said
        second = installed("up", environment=terminal.environment)
        assert (second.returncode, "content-scaling up runs already in" in second.stderr) == (2, True)

        until(lambda: "started!" in terminal.said, what="the worker", timeout=DEADLINE_S)
        min(terminal.programs("worker"), key=psutil.Process.create_time).kill()  # the others are runs of its
        until(lambda: "worker ended (SIGKILL) and is started again in 1 s" in terminal.said, what="that to be said")
        until(lambda: terminal.said.count("started!") == 2, what="the next worker", timeout=DEADLINE_S)
        os.kill(first.pid, signal.SIGKILL)
        first.wait()
    left = len(marked_processes(str(terminal.folder)))
    assert left >= 3

    with terminal.up():
        until(
            lambda: "Stopped what a killed run of this command had left running" in terminal.said, what="a word of it"
        )
        terminal.wait_for_receiver()
    assert marked_processes(str(terminal.folder)) == []
