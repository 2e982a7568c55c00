"""A world for one test: the simulated systems, a database, and runs of the flows against them."""

import hashlib
import json
import os
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any, LiteralString, Self

import psycopg

from blocks.bootstrap import save_blocks
from blocks.settings import load_settings
from db.engine import Store
from db.pool import conninfo
from sandbox.certificates import Certificates
from sandbox.environment import write_env_file
from sandbox.options import Ports
from sandbox.twin import Twin
from tests.acceptance import child

RUN_S = 60.0
"""Longest time that one run may take."""

_LOG_SHOWN = 3000
_TRACKING_ID = re.compile(r"_[A-Za-z0-9]{6}(?=\.\w+$)")

_IN_BLOCKS = (
    *("DATABASE_", "DATA_DIR", "DAM_", "BOX_JWT", "BOX_API", "BOX_UPLOAD_URL", "SMTP_", "MAIL", "WEBHOOK_"),
    *("LLAMA_CLOUD_", "ALARM_", "APART"),
)
"""Beginnings of the settings that Prefect blocks hold, and of one that only sets a world apart from others."""

QUICK = {
    "RETRY_DELAYS_S": "0,0",
    "BOX_CALLS_PER_SECOND": "500",
    "BOX_UPLOADS_PER_SECOND": "500",
    "LLAMA_POLL_S": "0.01",
}


@dataclass
class Site:
    """Where one world after the other stands: with the same addresses they can share their Prefect blocks."""

    folder: Path
    database: str
    certificates: Certificates
    ports: Ports
    blocks: set[str] = field(default_factory=set)
    """Names of the blocks that are saved."""


class World:
    """Everything that a run touches, for this test alone."""

    def __init__(self, site: Site, folder: Path, database_url: str, seed: Any, settings: dict[str, str]) -> None:
        folder.mkdir()
        self._folder = folder
        self._site = site
        self.twin = Twin(site.folder, seed=seed, ports=site.ports, certificates=site.certificates)
        self.store = Store(f"{database_url}&application_name=test")
        work = str(site.folder / "work")
        self._settings = {"DATABASE_URL": database_url, "WORK_DIR": work, **QUICK, **settings}
        self._runs = 0
        self._processes: list[ForkServerProcess] = []

    def __enter__(self) -> Self:
        """Start the systems; what was started is stopped again when the rest does not start."""
        with ExitStack() as stack:
            stack.callback(self.store.close)
            self.twin.start()
            stack.callback(self.twin.stop)
            self._save_blocks()
            stack.callback(self._end_runs)
            self._opened = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop everything; a run that goes on would meet the next world in this one's place."""
        self._opened.close()

    def _save_blocks(self) -> None:
        values = {**self.twin.env(), **self._settings}
        write_env_file(self._folder / "env", values, also={})
        # To save blocks takes seconds, so they are shared by all worlds whose blocks would be the same.
        held = sorted((key, value) for key, value in values.items() if key.startswith(_IN_BLOCKS))
        name = f"test-{hashlib.sha256(repr(held).encode()).hexdigest()[:12]}"
        self.environment = {"ENV_FILE": str(self._folder / "env"), "BLOCKS_NAME": name}
        if name not in self._site.blocks:
            with _environment(self.environment):
                save_blocks(load_settings())
            self._site.blocks.add(name)

    def change(self, **settings: str) -> None:
        """Change settings for the runs to come, as another `setup` would."""
        self._settings |= settings
        self._save_blocks()

    def run(self, flow: str = "a1-to-a2", **parameters: Any) -> dict[str, Any]:
        """Run a flow to its end and return its report; fails when it does not go through."""
        return self.ended(*self.start(flow, **parameters))

    def failure(self, flow: str = "a1-to-a2", **parameters: Any) -> str:
        """Run a flow that has to fail as a whole, and return the reason it gives."""
        facts = self._facts(*self.start(flow, **parameters))
        assert facts["state"] == "Failed", facts
        return str(facts["message"])

    def ended(self, process: ForkServerProcess, answer: Path) -> dict[str, Any]:
        """Wait for a run that was started to go through, and return its report."""
        facts = self._facts(process, answer)
        assert "headline" in facts, f"the run did not go through: {facts}\n{_end_of_log(answer)}"
        return facts

    def _facts(self, process: ForkServerProcess, answer: Path) -> dict[str, Any]:
        process.join(RUN_S)
        assert process.exitcode == 0, f"the run ended with {process.exitcode}:\n{_end_of_log(answer)}"
        facts: dict[str, Any] = json.loads(answer.read_text())
        return facts

    def start(self, flow: str = "a1-to-a2", **parameters: Any) -> tuple[ForkServerProcess, Path]:
        """Start a run in a process of its own; also gives the file that its report will be in."""
        self._runs += 1
        answer = self._folder / f"run-{self._runs}.json"
        process = child.start(flow, parameters, self.environment, answer)
        self._processes.append(process)
        return process, answer

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

    def node(self, name: str) -> str:
        """Return the DAM's id of the one folder or asset of this name."""
        with self.twin.otmm.lock:
            (found,) = [node.id for node in self.twin.otmm.tree if node.name == name and node.is_latest]
        return found

    def printed(self) -> str:
        """Everything that the runs so far have printed."""
        return "\n".join(log.read_text() for log in sorted(self._folder.glob("run-*.log")))

    def sql(self, statement: LiteralString, *values: object) -> list[tuple[Any, ...]]:
        """Run one statement on the database, and return its rows."""
        with psycopg.connect(conninfo(self.store.url, application_name="test"), autocommit=True) as connection:
            cursor = connection.execute(statement, values)
            return cursor.fetchall() if cursor.description else []

    def mails(self) -> list[str]:
        """Subject of each mail that arrived, without its mark and the environment; one that came twice counts once."""
        mails = {mail.message_id: mail.subject.partition("] ")[2].partition(" ")[2] for mail in self.twin.mail.mails}
        return list(mails.values())

    def in_box(self) -> list[str]:
        """Path of each file in Box, the asset's name without its tracking id."""
        return [_TRACKING_ID.sub("", file.path) for file in self.twin.box.files_below("0")]

    def not_as_in_the_dam(self) -> list[str]:
        """Path of each file in Box that has not just one version, or not the content that the DAM holds."""
        nodes = self.twin.otmm.tree.nodes
        asset_of = dict(self.sql("SELECT box_file_id, opentext_id FROM master_assets"))
        files = self.twin.box.files_below("0")
        wanted = {file.id: content.blob.sha1 for file in files if (content := nodes[asset_of[file.id]].content)}
        return [file.path for file in files if (file.sha1, file.versions) != (wanted.get(file.id), 1)]

    def _end_runs(self) -> None:
        for process in self._processes:
            process.kill()
            process.join(RUN_S)


def _end_of_log(answer: Path) -> str:
    return child.log_of(answer).read_text()[-_LOG_SHOWN:]


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
