"""A simulated DAM on a free port, with a client that knows the wire and nothing else."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
import requests
from starlette.types import ASGIApp, Receive, Scope, Send

from sandbox.blobs import BytesBlob, GeneratedBlob
from sandbox.faults import Faults
from sandbox.otmm import OtmmSettings, OtmmState, create_app
from sandbox.serving import Server

STATUS = "CONTENT.SCALING.STATUS"


class Clock:
    """Seconds that pass only when told."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Dam:
    """The running service and one caller with a token."""

    url: str
    state: OtmmState
    faults: Faults
    clock: Clock
    session: requests.Session = field(default_factory=requests.Session)

    def token(self, **form: str) -> requests.Response:
        grant = {"grant_type": "client_credentials", "client_id": "sandbox-client", "client_secret": "sandbox-secret"}
        return requests.post(f"{self.url}/otdsws/oauth2/token", data=grant | form, timeout=10)

    def sign_in(self) -> None:
        self.session.headers["Authorization"] = f"Bearer {self.token().json()['access_token']}"

    def call(self, method: str, path: str, **arguments: Any) -> requests.Response:
        return self.session.request(method, f"{self.url}/otmmapi/v6{path}", timeout=10, **arguments)

    def get(self, path: str, **params: Any) -> Any:
        answer = self.call("GET", path, params=params)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def search(self, *conditions: dict[str, Any], **params: Any) -> Any:
        wrapped = json.dumps({"search_condition_list": {"search_condition": conditions}})
        answer = self.call("POST", "/search/text", data={"search_condition_list": wrapped} | params)
        assert answer.status_code == 200, answer.text
        return answer.json()["search_result_resource"]

    def names_found(self, *conditions: dict[str, Any], **params: Any) -> list[str]:
        return [hit["name"] for hit in self.search(*conditions, **params)["asset_list"]]

    def patch_status(self, folder_id: str, value: str, **params: str) -> requests.Response:
        element = {"id": STATUS, "type": "com.artesia.metadata.MetadataField"}
        return self.patch(folder_id, element | {"value": {"value": {"type": "string", "value": value}}}, **params)

    def patch(self, folder_id: str, *elements: dict[str, Any], **params: str) -> requests.Response:
        body = {"edited_folder": {"data": {"metadata": list(elements)}}}
        return self.call("PATCH", f"/folders/{folder_id}", json=body, params=params)

    def import_parts(self, folder_id: str, name: str, content: Any, elements: Any = ()) -> dict[str, Any]:
        manifest = {"upload_manifest": {"master_files": [{"file": {"file_name": name}}]}}
        asset = {"metadata_model_id": "ECOMMERCE", "security_policy_list": [{"id": 1594}]}
        represented = {"asset_resource": {"asset": asset | {"metadata": {"metadata_element_list": list(elements)}}}}
        return {
            "parent_folder_id": (None, folder_id),
            "manifest": (None, json.dumps(manifest), "application/json"),
            "asset_representation": (None, json.dumps(represented), "application/json"),
            "files": (name, content, "application/octet-stream"),
        }

    def upload(self, folder_id: str, name: str, content: bytes, elements: Any = (), **parts: Any) -> requests.Response:
        return self.call("POST", "/assets", files=self.import_parts(folder_id, name, content, elements) | parts)


class Socket:
    """An app that can be changed under a running server, which takes its time to start and stop."""

    app: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.app(scope, receive, send)


@pytest.fixture(scope="module")
def running() -> Iterator[tuple[Socket, str]]:
    socket = Socket()
    with Server(socket, name="otmm") as server:
        yield socket, server.url


@pytest.fixture
def dam(running: tuple[Socket, str]) -> Iterator[Dam]:
    clock, faults = Clock(), Faults()
    state = OtmmState(OtmmSettings(), clock=clock)
    socket, url = running
    socket.app = create_app(state, faults)
    dam = Dam(url, state, faults, clock)
    dam.sign_in()
    yield dam
    dam.session.close()


@dataclass(frozen=True)
class Seeded:
    """Ids of a small campaign: a folder of masters with two assets."""

    campaign: str
    masters: str
    picture: str
    empty: str
    content: bytes


@pytest.fixture
def seeded(dam: Dam) -> Seeded:
    content = GeneratedBlob("picture", 700_000, "png").read(0, 700_000)
    campaign = dam.state.add_campaign("C000000078", "Summer")
    masters = dam.state.add_folder(campaign, "01. Master Assets")
    picture = dam.state.add_asset(masters, "Küche & Garten.png", BytesBlob(content))
    return Seeded(campaign, masters, picture, dam.state.add_asset(masters, "brief.pdf", None), content)
