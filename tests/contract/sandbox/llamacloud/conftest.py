"""A simulated LlamaCloud by itself, and scorecards for it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import requests

from sandbox.faults import Faults
from sandbox.llamacloud import LlamaCloudState, create_app
from sandbox.scorecards import Scorecards
from sandbox.serving import Server


@dataclass
class Cloud:
    """LlamaCloud as a program without its package asks it."""

    state: LlamaCloudState
    faults: Faults
    url: str

    def get(self, path: str, **options: Any) -> requests.Response:
        return self._send("GET", path, **options)

    def post(self, path: str, **options: Any) -> requests.Response:
        return self._send("POST", path, **options)

    def upload(self, name: str, content: bytes = b"no PDF") -> str:
        return str(self.post("files", files={"upload_file": (name, content)}).json()["id"])

    def start(self, name: str, content: bytes = b"no PDF") -> dict[str, Any]:
        agent = self.get("extraction/extraction-agents/by-name/Creativex-Extract").json()
        ids = {"extraction_agent_id": agent["id"], "file_id": self.upload(name, content)}
        job: dict[str, Any] = self.post("extraction/jobs", json=ids).json()
        return job

    def job(self, job_id: str) -> dict[str, Any]:
        found: dict[str, Any] = self.get(f"extraction/jobs/{job_id}").json()
        return found

    def run(self, job_id: str) -> dict[str, Any]:
        found: dict[str, Any] = self.get(f"extraction/runs/by-job/{job_id}").json()
        return found

    def _send(self, method: str, path: str, *, key: str | None = None, **options: Any) -> requests.Response:
        headers = {"Authorization": f"Bearer {key or self.state.settings.api_key}"}
        return requests.request(method, f"{self.url}/api/v1/{path}", headers=headers, timeout=10, **options)


@pytest.fixture(scope="module")
def _server() -> Iterator[Cloud]:
    state, faults = LlamaCloudState(), Faults()
    with Server(create_app(state, faults), name="llamacloud") as server:
        yield Cloud(state, faults, server.url)


@pytest.fixture
def cloud(_server) -> Iterator[Cloud]:
    yield _server
    _server.state.clear()
    _server.state.settings.polls_to_finish = 1
    _server.faults.clear()
    _server.faults.forget_requests()


@pytest.fixture
def cards(twin) -> Iterator[Scorecards]:
    yield Scorecards(twin)
    for facts in twin.box.files_below():
        twin.box.tree.delete_file(facts.id)
    twin.llamacloud.clear()
    twin.faults["llamacloud"].clear()
