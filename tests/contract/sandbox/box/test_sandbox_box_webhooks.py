"""Webhooks of the simulated Box: registered by the SDK, delivered over HTTP, verified by the SDK."""

import json
import threading
from collections.abc import Iterator
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from box_sdk_gen import (
    BoxAPIError,
    CreateWebhookTarget,
    CreateWebhookTargetTypeField,
    CreateWebhookTriggers,
    WebhooksManager,
)

from sandbox.box.deliveries import Keys, signed_headers


class Receiver:
    """Takes deliveries; `statuses` are its next answers, after them 200."""

    def __init__(self) -> None:
        self.taken: list[tuple[dict[str, str], bytes]] = []
        self.statuses: list[int] = []
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.taken.append(({name.lower(): value for name, value in self.headers.items()}, body))
                self.send_response(receiver.statuses.pop(0) if receiver.statuses else 200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/box"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    receiver = Receiver()
    thread = threading.Thread(target=receiver.server.serve_forever, args=(0.02,))
    thread.start()
    yield receiver
    receiver.server.shutdown()
    receiver.server.server_close()
    thread.join()


@pytest.fixture
def folder(box):
    return box.state.add_folder("derivatives")


def register(box, folder_id: str, address: str):
    target = CreateWebhookTarget(id=folder_id, type=CreateWebhookTargetTypeField.FOLDER)
    return box.client.webhooks.create_webhook(target, address, [CreateWebhookTriggers.FILE_UPLOADED])


def test_a_webhook_is_made_changed_listed_and_deleted(box, folder):
    webhook = register(box, folder.id, "https://hooks.example.com/box")
    box.client.webhooks.update_webhook_by_id(webhook.id, address="https://hooks.example.com/other")

    listed = box.client.webhooks.get_webhooks().entries
    assert [entry.id for entry in listed] == [webhook.id]
    shown = box.client.webhooks.get_webhook_by_id(webhook.id)
    assert (shown.address, shown.triggers) == ("https://hooks.example.com/other", ["FILE.UPLOADED"])
    box.client.webhooks.delete_webhook_by_id(webhook.id)
    assert box.client.webhooks.get_webhooks().entries == []


def test_there_is_one_webhook_per_target(box, folder):
    register(box, folder.id, "https://hooks.example.com/box")
    with pytest.raises(BoxAPIError) as refusal:
        register(box, folder.id, "https://hooks.example.com/other")

    assert refusal.value.response_info.status_code == 409


@pytest.mark.parametrize(("folder_id", "address"), [("0", "https://example.com"), ("1", "nonsense")])
def test_the_root_and_a_broken_address_are_refused(box, folder_id, address):
    with pytest.raises(BoxAPIError) as refusal:
        register(box, folder_id, address)

    assert refusal.value.response_info.status_code == 400


def test_an_address_without_tls_is_refused_where_that_is_switched_on(box, folder):
    box.state.settings.webhook_https_required = True
    with pytest.raises(BoxAPIError):
        register(box, folder.id, "http://127.0.0.1:8000/box")

    assert register(box, folder.id, "https://hooks.example.com/box").id


@pytest.mark.parametrize("is_escaped", [True, False])
def test_an_upload_below_the_folder_is_told_and_signed_with_both_keys(box, folder, receiver, is_escaped):
    box.state.settings.webhook_escapes = is_escaped
    register(box, folder.id, receiver.url)
    inner = box.state.add_folder("inner", folder.id)
    file = box.state.add_file(inner.id, "Spot für 15 Sekunden.mp4", b"abc")
    box.state.add_file("0", "elsewhere.mp4", b"abc")
    box.state.webhooks.wait(10)

    ((headers, body),) = receiver.taken
    event = json.loads(body)
    assert (event["trigger"], event["source"]["id"], event["source"]["name"]) == (
        "FILE.UPLOADED",
        file.id,
        "Spot für 15 Sekunden.mp4",
    )
    assert event["created_by"]["login"] == "agency@example.com"
    assert event["source"]["parent"]["id"] == inner.id
    assert (b"\\u00fc" in body) == is_escaped
    keys = box.state.webhooks.keys
    for given in ({"primary_key": keys.primary}, {"primary_key": "x", "secondary_key": keys.secondary}):
        assert WebhooksManager.validate_message(body.decode(), headers, **given)
    assert not WebhooksManager.validate_message(body.decode(), headers, primary_key="x")


def test_an_event_can_arrive_twice_with_one_event_id_and_two_delivery_ids(box, folder, receiver):
    box.state.settings.webhook_copies = 2
    register(box, folder.id, receiver.url)
    box.state.add_file(folder.id, "a.mp4", b"abc")
    box.state.webhooks.wait(10)

    assert len({json.loads(body)["id"] for _, body in receiver.taken}) == 1
    assert len({headers["box-delivery-id"] for headers, _ in receiver.taken}) == 2


def test_a_delivery_that_fails_is_tried_again(box, folder, receiver):
    box.state.settings.webhook_retry_s = 0.01
    receiver.statuses = [500, 503]
    register(box, folder.id, receiver.url)
    box.state.add_file(folder.id, "a.mp4", b"abc")
    box.state.webhooks.wait(10)

    assert [delivery.status for delivery in box.state.webhooks.deliveries] == [500, 503, 200]


def test_an_upload_by_a_client_is_told_as_its_own_doing(box, folder, receiver):
    register(box, folder.id, receiver.url)
    attributes = json.dumps({"name": "a.mp4", "parent": {"id": folder.id}})
    box.upload("POST", "files/content", files={"attributes": (None, attributes), "file": ("a.mp4", b"abc")})
    box.state.webhooks.wait(10)

    assert json.loads(receiver.taken[0][1])["created_by"]["id"] == box.user_id


def test_the_signatures_are_those_of_boxes_published_example():
    body = (
        b'{"type":"webhook_event","webhook":{"id":"1234567890"},"trigger":"FILE.UPLOADED",'
        b'"source":{"id":"1234567890","type":"file","name":"Test.txt"}}'
    )
    keys = Keys("SamplePrimaryKey", "SampleSecondaryKey")
    headers = signed_headers(body, keys, datetime.fromisoformat("2020-01-01T00:00:00-07:00"), "1")

    assert headers["BOX-SIGNATURE-PRIMARY"] == "6TfeAW3A1PASkgboxxA5yqHNKOwFyMWuEXny/FPD5hI="
    assert headers["BOX-SIGNATURE-SECONDARY"] == "v+1CD1Jdo3muIcbpv5lxxgPglOqMfsNHPV899xWYydo="
