"""A small installation that cannot start says why."""

import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from deployments.whole import Whole
from domain.errors import ConfigError


def whole(folder: Path, url: str | None) -> Whole:
    return Whole(folder, url, say=lambda _: None, show=lambda *_: None)


def test_a_port_that_another_program_has_is_told(tmp_path: Path) -> None:
    with HTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as other:
        threading.Thread(target=other.handle_request).start()  # answers that it knows no such page
        server = whole(tmp_path, f"http://127.0.0.1:{other.server_port}/api").server()
        taken = f"the Prefect server cannot use port {other.server_port}: Address already in use"
        with pytest.raises(ConfigError, match=taken):
            server.__enter__()


def test_a_server_elsewhere_that_does_not_answer_is_not_started_here(tmp_path: Path) -> None:
    server = whole(tmp_path, "http://prefect.invalid:4200/api").server()
    with pytest.raises(ConfigError, match=r"http://prefect\.invalid:4200/api does not answer"):
        server.__enter__()


def test_where_nothing_is_said_the_server_is_on_the_usual_port(tmp_path: Path) -> None:
    assert whole(tmp_path, None).ui_url == "http://127.0.0.1:4200"


def test_what_the_environment_says_itself_goes_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PREFECT_SERVER_API_PORT", raising=False)  # other tests of this process may have set it
    monkeypatch.setenv("PREFECT_SERVER_DATABASE_CONNECTION_URL", "postgresql+asyncpg://db.example.com/prefect")
    environment = whole(tmp_path, "http://127.0.0.1:4391/api").environment
    assert "PREFECT_SERVER_DATABASE_CONNECTION_URL" not in environment
    assert environment["PREFECT_SERVER_API_PORT"] == "4391"
