"""A small installation that cannot start says why."""

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from prefect.context import SettingsContext
from prefect.settings import Profile, Settings

from deployments.whole import Whole
from domain.errors import ConfigError


def whole(folder: Path, url: str | None) -> Whole:
    return Whole(folder, url, say=lambda _: None, show=lambda *_: None)


@pytest.fixture
def settings_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    """Write a `.env` in the current folder, for Prefect to read; other tests of this process leave it nothing."""
    for name in [name for name in os.environ if name.startswith("PREFECT_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    with ExitStack() as contexts:

        def write(**values: str) -> None:
            Path(".env").write_text("".join(f"{name}={value}\n" for name, value in values.items()))
            contexts.enter_context(SettingsContext(profile=Profile(name="none", settings={}), settings=Settings()))

        yield write


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


def test_where_nothing_is_said_the_server_is_on_the_usual_port(
    settings_file: Callable[..., None], tmp_path: Path
) -> None:
    settings_file()
    assert whole(tmp_path, None).ui_url == "http://127.0.0.1:4200"


def test_what_prefects_settings_say_goes_before_wherever_they_stand(
    settings_file: Callable[..., None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PREFECT_SERVER_ANALYTICS_ENABLED", "true")
    database = "postgresql+asyncpg://db.example.com/prefect"
    settings_file(PREFECT_SERVER_DATABASE_CONNECTION_URL=database, PREFECT_UI_URL="https://pages.example.com")
    found = whole(tmp_path, "http://127.0.0.1:4391/api")
    left = {"PREFECT_SERVER_DATABASE_CONNECTION_URL", "PREFECT_UI_URL", "PREFECT_SERVER_ANALYTICS_ENABLED"}
    assert not left & found.environment.keys()
    assert found.environment["PREFECT_SERVER_API_PORT"] == "4391"
    assert found.environment["PREFECT_API_URL"] == "http://127.0.0.1:4391/api"
    assert found.ui_url == "https://pages.example.com"


def test_of_a_server_elsewhere_nothing_is_said(settings_file: Callable[..., None], tmp_path: Path) -> None:
    settings_file()
    found = whole(tmp_path, "https://prefect.example.com/api")
    assert [name for name in found.environment if name.startswith(("PREFECT_SERVER_", "PREFECT_UI_URL"))] == []
    assert found.environment["PREFECT_API_URL"] == "https://prefect.example.com/api"
    assert found.ui_url == "https://prefect.example.com"
