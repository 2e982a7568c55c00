"""The simulated LlamaCloud by itself, and what reads scorecards through its package over HTTP."""

import socket
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from clients.creativex.llamacloud import LlamaCloudExtractor, _client_class
from sandbox.faults import Fault, Faults
from sandbox.llamacloud import LlamaCloudState, create_app
from sandbox.serving import Server


@dataclass
class Cloud:
    """LlamaCloud, and extractors that ask it."""

    state: LlamaCloudState
    faults: Faults
    url: str

    def extractor(self, key: str | None = None, **options: Any) -> LlamaCloudExtractor:
        usual: dict[str, Any] = {"agent_name": "Creativex-Extract", "base_url": self.url, "wait_s": 30, "poll_s": 0.01}
        return LlamaCloudExtractor(self.state.settings.api_key if key is None else key, **(usual | options))

    def fault(self, kind: str, path: str, **rule: Any) -> None:
        self.faults.add(Fault(kind, path=path, **({"times": None} | rule)))


@pytest.fixture(scope="module")
def _server() -> Iterator[Cloud]:
    state, faults = LlamaCloudState(), Faults()
    with Server(create_app(state, faults), name="llamacloud") as server:
        yield Cloud(state, faults, server.url)


@pytest.fixture
def cloud(_server: Cloud, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Cloud]:
    """LlamaCloud without faults, whose package tries again without waiting."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        _client_class()  # the package says that it is deprecated, and nobody is to hear it
    from llama_cloud_services.extract import extract
    from tenacity import wait_none

    # Nothing here speaks TLS; to load the usual authorities takes longer than all that is asked with them.
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path))
    monkeypatch.setattr(extract, "wait_exponential_jitter", lambda **_: wait_none())
    yield _server
    _server.state.clear()
    _server.state.settings.polls_to_finish = 1
    _server.faults.clear()
    _server.faults.forget_requests()


@pytest.fixture
def closed_port() -> Iterator[int]:
    """A port of this machine that nothing listens on."""
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        yield holder.getsockname()[1]
