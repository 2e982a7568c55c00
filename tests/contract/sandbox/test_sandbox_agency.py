"""What an agency does besides handing in: metadata on drops, renaming, removing; and all of it over HTTP."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import requests
from box_sdk_gen import BaseUrls, BoxClient, BoxJWTAuth, GetFileMetadataByIdScope, JWTConfig, NetworkSession
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.box.errors import BoxError
from sandbox.box.models import AGENCY_USER_ID
from sandbox.drops import MISNAMED, STILL, TEMPLATE, UNKNOWN_TRACKING_ID, VIDEO
from sandbox.serving import Server

VALUES = {"creativexScore": 87, "creativexUrl": "https://example.com/card"}


@dataclass
class Terminal:
    """A person with curl."""

    url: str

    def post(self, **drop: Any) -> requests.Response:
        return requests.post(f"{self.url}/_sandbox/drops", json=drop, timeout=60)

    def patch(self, file_id: str, **changes: Any) -> requests.Response:
        return requests.patch(f"{self.url}/_sandbox/drops/{file_id}", json=changes, timeout=10)

    def delete(self, file_id: str) -> requests.Response:
        return requests.delete(f"{self.url}/_sandbox/drops/{file_id}", timeout=10)


@pytest.fixture
def terminal(twin, drops) -> Terminal:
    return Terminal(twin.servers["box"].url)


@pytest.fixture(scope="module")
def client(twin) -> BoxClient:
    env = twin.env()
    auth = BoxJWTAuth(JWTConfig.from_config_file(env["BOX_JWT_CONFIG_PATH"]))
    urls = BaseUrls(base_url=env["BOX_API_URL"], upload_url=env["BOX_UPLOAD_URL"])
    return BoxClient(auth=auth, network_session=NetworkSession(base_urls=urls))


@pytest.fixture
def seen_at_event(twin, client) -> Iterator[list[dict[str, Any]]]:
    """The metadata that a receiver of webhooks finds on each file it is told of."""
    seen: list[dict[str, Any]] = []

    async def take(request: Request) -> Response:
        file_id = (await request.json())["source"]["id"]
        seen.append(await run_in_threadpool(metadata, client, file_id))
        return Response()

    with Server(Starlette(routes=[Route("/", take, methods=["POST"])]), name="receiver") as server:
        target = {"id": twin.box_folders["BOX_FOLDER_DERIVATIVES"], "type": "folder"}
        wishes = {"target": target, "address": f"{server.url}/", "triggers": ["FILE.UPLOADED"]}
        webhook = twin.box.webhooks.create(AGENCY_USER_ID, wishes)
        yield seen
        twin.box.webhooks.delete(webhook.id, AGENCY_USER_ID)


def metadata(client: BoxClient, file_id: str, template: str = TEMPLATE) -> dict[str, Any]:
    raw = client.file_metadata.get_file_metadata_by_id(file_id, GetFileMetadataByIdScope.ENTERPRISE, template).raw_data
    assert raw is not None
    return {name: value for name, value in raw.items() if not name.startswith("$")}


def named(pattern: str, tracking_id: str = "BJP4ho") -> str:
    return pattern.replace("{tracking_id}", tracking_id)


def test_metadata_is_on_a_drop_before_anybody_is_told_of_it(twin, drops, seen_at_event):
    drops.whole("BJP4ho", STILL, metadata=VALUES)
    twin.box.webhooks.wait(10)
    drops.whole("BJP4ho", STILL, seed="reworked", metadata={"creativexScore": 91})
    twin.box.webhooks.wait(10)

    assert seen_at_event == [VALUES, {"creativexScore": 91}]


def test_a_new_version_without_metadata_keeps_what_is_there(drops, client):
    drops.whole("BJP4ho", STILL, metadata=VALUES)
    assert metadata(client, drops.whole("BJP4ho", STILL, seed="reworked").id) == VALUES


def test_the_template_may_be_another(drops, client):
    file = drops.whole("BJP4ho", STILL, metadata={"note": "x"}, template="other")
    assert metadata(client, file.id, "other") == {"note": "x"}


def test_a_rename_raises_the_etag_and_changes_nothing_else_and_nobody_is_told(twin, drops, client, seen_at_event):
    file = drops.whole("BJP4ho", STILL, metadata=VALUES)
    twin.box.webhooks.wait(10)
    before = client.files.get_file_by_id(file.id)
    drops.rename(file.id, "other name.png")
    twin.box.webhooks.wait(10)

    after = client.files.get_file_by_id(file.id)
    assert (after.name, int(after.etag)) == ("other name.png", int(before.etag) + 1)
    assert (after.sha_1, after.file_version.id) == (before.sha_1, before.file_version.id)
    assert len(seen_at_event) == 1


def test_a_removed_drop_is_in_the_trash(twin, drops):
    file = drops.whole("BJP4ho", STILL)
    drops.remove(file.id)

    assert twin.box.files_below() == []
    assert twin.box.tree.file(file.id, in_trash=True)


def test_an_agency_reaches_only_what_lies_below_its_folder(twin, drops):
    master = twin.box.add_file(twin.box_folders["BOX_FOLDER_LOCAL_MASTERS"], "master.png", b"abc")
    for attempt in (lambda: drops.remove(master.id), lambda: drops.rename(master.id, "mine.png")):
        with pytest.raises(BoxError, match="Not Found"):
            attempt()
    assert twin.box.file(master.id).name == "master.png"


def test_over_http_a_whole_file_is_handed_in(twin, terminal):
    answer = terminal.post(kind="whole", tracking_id="BJP4ho")
    (facts,) = twin.box.files_below()

    assert answer.status_code == 201
    assert answer.json() == {"id": facts.id, "name": named(VIDEO), "path": f"Derivatives/{named(VIDEO)}"}
    assert facts.path == answer.json()["path"]
    assert twin.box.file(facts.id).owner_id == AGENCY_USER_ID


def test_over_http_it_is_described_as_in_code(twin, terminal, drops, client):
    wish = {"kind": "whole", "tracking_id": "BJP4ho", "name": STILL, "size": 40_000, "below": ["Week 12"]}
    first = terminal.post(**wish, metadata=VALUES).json()
    sha1 = twin.box.file(first["id"]).sha1
    again = terminal.post(**wish, seed="reworked").json()

    assert again == first == {**first, "path": f"Derivatives/Week 12/{named(STILL)}"}
    file = twin.box.file(first["id"])
    assert (file.size, len(file.versions)) == (40_000, 2)
    assert metadata(client, file.id) == VALUES
    assert drops.whole("BJP4ho", STILL, size=40_000, below=["Week 12"]).sha1 == sha1 != file.versions[1].content.sha1


@pytest.mark.parametrize("how", ["cut", "no index"])
def test_over_http_a_damaged_video_is_as_in_code(twin, terminal, drops, how):
    file_id = terminal.post(kind="damaged", tracking_id="BJP4ho", how=how).json()["id"]
    assert twin.box.file(file_id).sha1 == drops.damaged("BJP4ho", how=how).sha1


def test_over_http_names_are_wrong_or_unknown(terminal):
    assert terminal.post(kind="misnamed", tracking_id="BJP4ho").json()["name"] == named(MISNAMED)
    assert terminal.post(kind="unknown").json()["name"] == named(VIDEO, UNKNOWN_TRACKING_ID)


def test_over_http_a_drop_is_renamed_and_removed(twin, terminal):
    file_id = terminal.post(kind="whole", tracking_id="BJP4ho", name=STILL, below=["Week 12"]).json()["id"]
    renamed = terminal.patch(file_id, name="other name.png")

    assert renamed.status_code == 200
    assert renamed.json() == {"id": file_id, "name": "other name.png", "path": "Derivatives/Week 12/other name.png"}
    assert terminal.delete(file_id).status_code == 204
    assert twin.box.files_below() == []


@pytest.mark.parametrize(
    ("drop", "reason"),
    [
        ({"kind": "odd"}, "'misnamed'"),
        ({}, "'kind'"),
        ({"kind": "whole"}, "whole.tracking_id: "),
        ({"kind": "whole", "tracking_id": "BJP4ho", "colour": "red"}, "whole.colour: "),
        ({"kind": "unknown", "tracking_id": "BJP4ho"}, "unknown.tracking_id: "),
        ({"kind": "damaged", "tracking_id": "BJP4ho", "how": "burnt"}, "damaged.how: "),
        ({"kind": "whole", "tracking_id": "BJP4ho", "size": 10}, "too few"),
        ({"kind": "whole", "tracking_id": "BJP4ho", "size": -1}, "whole.size: "),
        ({"kind": "whole", "tracking_id": "a/b"}, "item_name_invalid"),
        ({"kind": "whole", "tracking_id": "BJP4ho", "metadata": {"creativexScore": None}}, "whole.metadata"),
    ],
)
def test_over_http_what_nobody_knows_is_refused_with_a_reason(twin, terminal, drop, reason):
    answer = terminal.post(**drop)

    assert answer.status_code == 400
    assert reason in answer.json()["error"]
    assert twin.box.files_below() == []


def test_over_http_a_change_that_cannot_be_is_refused_with_a_reason(terminal):
    first, second = (terminal.post(kind="whole", tracking_id=name, name=STILL).json() for name in ("BJP4ho", "pOiJ9s"))

    assert terminal.patch(first["id"], name="").status_code == 400
    assert "colour" in terminal.patch(first["id"], name="x.png", colour="red").json()["error"]
    taken = terminal.patch(first["id"], name=second["name"])
    assert (taken.status_code, taken.json()["error"][:16]) == (409, "item_name_in_use")
    assert [terminal.patch("1", name="x.png").status_code, terminal.delete("1").status_code] == [404, 404]


def test_what_the_agency_does_is_no_call_to_box(twin, terminal):
    before = len(twin.faults["box"].requests)
    terminal.post(kind="whole", tracking_id="BJP4ho", name=STILL)

    assert len(twin.faults["box"].requests) == before
