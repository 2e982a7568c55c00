"""A world for one test: the simulated systems, a database, and runs of the flows against them."""

import json
import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any

from blocks.bootstrap import save_blocks
from blocks.settings import load_settings
from db.engine import Store
from sandbox.certificates import Certificates
from sandbox.environment import write_env_file
from sandbox.twin import Twin
from tests.acceptance import child

RUN_S = 60.0
"""Longest time that one run may take."""

QUICK = {"RETRY_DELAYS_S": "0,0", "BOX_CALLS_PER_SECOND": "500", "BOX_UPLOADS_PER_SECOND": "500"}


class World:
    """Everything that a run touches, for this test alone."""

    def __init__(
        self, folder: Path, database_url: str, certificates: Certificates, seed: Any, settings: dict[str, str]
    ) -> None:
        folder.mkdir()
        self._folder = folder
        self.twin = Twin(folder / "twin", seed=seed, certificates=certificates).start()
        self.store = Store(f"{database_url}&application_name=test")
        env_file = folder / "env"
        write_env_file(env_file, {**self.twin.env(), "DATABASE_URL": database_url, **QUICK, **settings}, also={})
        self.environment = {"ENV_FILE": str(env_file), "BLOCKS_NAME": f"test-{secrets.token_hex(6)}"}
        with _environment(self.environment):
            save_blocks(load_settings())
        self._runs = 0

    def run(self, flow: str = "a1-to-a2", **parameters: Any) -> dict[str, Any]:
        """Run a flow to its end and return its report; fails when the process does not end well."""
        process, answer = self.start(flow, **parameters)
        process.join(RUN_S)
        assert process.exitcode == 0, f"the run ended with {process.exitcode}"
        facts: dict[str, Any] = json.loads(answer.read_text())
        return facts

    def start(self, flow: str = "a1-to-a2", **parameters: Any) -> tuple[ForkServerProcess, Path]:
        """Start a run in a process of its own; also gives the file that its report will be in."""
        self._runs += 1
        answer = self._folder / f"run-{self._runs}.json"
        return child.start(flow, parameters, self.environment, answer), answer

    def kill_when(self, reached: Callable[[], object], **parameters: Any) -> None:
        """Start a run, and kill it the moment that `reached` returns."""
        process, _ = self.start(**parameters)
        try:
            reached()
        finally:
            process.kill()
            process.join(RUN_S)

    def status(self) -> dict[str, str]:
        """Status of each campaign in the DAM."""
        return {number: self.twin.otmm.campaign_status(folder) for number, folder in self.twin.campaigns.items()}

    def writes(self) -> int:
        """How many requests have changed anything in any outside system."""
        return sum(len(faults.writes()) for faults in self.twin.faults.values())

    def close(self) -> None:
        """Stop everything."""
        self.store.close()
        self.twin.stop()


@contextmanager
def _environment(variables: dict[str, str]) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    yield
    for name, value in before.items():
        if value is None:
            del os.environ[name]
        else:
            os.environ[name] = value
