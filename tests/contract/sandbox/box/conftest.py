import base64
import hashlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import requests
from box_sdk_gen import BaseUrls, BoxClient, BoxJWTAuth, BoxRetryStrategy, JWTConfig, NetworkSession

from sandbox.box import BoxApp, BoxState, create_app
from sandbox.certificates import Certificates, make_certificates
from sandbox.faults import Faults
from sandbox.serving import Server


class Clock:
    """The time of the simulated Box; moves when a test moves it."""

    def __init__(self) -> None:
        self.ahead_s = 0.0

    def __call__(self) -> float:
        return time.time() + self.ahead_s


@dataclass
class Box:
    """A simulated Box that serves, with an SDK client and a plain HTTP session, both logged in."""

    state: BoxState
    faults: Faults
    url: str
    certificates: Certificates
    clock: Clock
    client: BoxClient
    http: requests.Session = field(repr=False)

    def api(self, method: str, path: str, **options) -> requests.Response:
        return self.http.request(method, f"{self.url}/2.0/{path}", timeout=20, **options)

    def upload(self, method: str, path: str, **options) -> requests.Response:
        return self.http.request(method, f"{self.url}/up/2.0/{path}", timeout=20, **options)

    def put_part(
        self, session: dict[str, Any], data: bytes, offset: int, *, sha1: bytes | None = None
    ) -> requests.Response:
        digest = base64.b64encode(sha1 or hashlib.sha1(data).digest()).decode()
        span = f"bytes {offset}-{offset + len(data) - 1}/{self.state.sessions.get(session['id'], self.user_id).size}"
        headers = {"digest": f"sha={digest}", "content-range": span, "content-type": "application/octet-stream"}
        return self.http.put(session["session_endpoints"]["upload_part"], data=data, headers=headers, timeout=20)

    def commit(
        self,
        session: dict[str, Any],
        parts: list[dict[str, Any]],
        content: bytes,
        *,
        if_match: str | None = None,
        **more,
    ) -> requests.Response:
        headers = {"digest": f"sha={base64.b64encode(hashlib.sha1(content).digest()).decode()}"}
        if if_match is not None:
            headers["if-match"] = if_match
        url = session["session_endpoints"]["commit"]
        return self.http.post(url, json={"parts": parts, **more}, headers=headers, timeout=20)

    @property
    def user_id(self) -> str:
        return self.state.app.service_user_id


@pytest.fixture(scope="session")
def certificates(tmp_path_factory) -> Certificates:
    return make_certificates(tmp_path_factory.mktemp("box-keys"))


@pytest.fixture
def new_client(certificates) -> Callable[[BoxState, str], BoxClient]:
    """Makes an SDK client of a Box at a URL, which tries once only."""

    def make(state: BoxState, url: str) -> BoxClient:
        auth = BoxJWTAuth(JWTConfig.from_config_json_string(state.app.config_json(certificates)))
        urls = BaseUrls(base_url=url, upload_url=f"{url}/up", oauth_2_url=f"{url}/oauth")
        retries = BoxRetryStrategy(max_attempts=1, max_retries_on_exception=0)
        return BoxClient(auth=auth, network_session=NetworkSession(base_urls=urls, retry_strategy=retries))

    return make


@pytest.fixture
def storage(tmp_path: Path) -> Path | None:
    """Where contents are kept; None = in memory."""
    return tmp_path


@pytest.fixture
def box(certificates, new_client, storage: Path | None) -> Iterator[Box]:
    clock, faults = Clock(), Faults()
    state = BoxState(BoxApp.from_certificates(certificates), folder=storage, clock=clock)
    state.settings.min_session_bytes = 1_000
    state.settings.part_bytes = 1_000
    with Server(create_app(state, faults), name="box") as server:
        client = new_client(state, server.url)
        token = client.auth.retrieve_token(network_session=client.network_session).access_token
        with requests.Session() as http:
            http.trust_env = False
            http.headers["Authorization"] = f"Bearer {token}"
            yield Box(state, faults, server.url, certificates, clock, client, http)
        state.webhooks.stop()
