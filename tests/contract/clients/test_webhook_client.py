"""The webhook client against the webhook sink."""

import base64
import socket
import threading
import traceback
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import yaml

from clients.webhook.client import WebhookClient
from clients.webhook.hooks import Hook, Webhooks
from domain.errors import ConfigError, ServiceError, ServiceRejected, ServiceUnavailable
from sandbox.certificates import make_certificates
from sandbox.faults import Fault, Faults
from sandbox.hooks import HookState, create_app
from sandbox.serving import Server, TlsFiles

CONFIG = Path(__file__).parents[3] / "config" / "webhooks.yaml"
FACTS = {
    "campaign_id": "4711",
    "campaign_number": "C000000078",
    "campaign_name": "Frühjahr & Größe",
    "old_status": "A1",
    "new_status": "A2",
    "asset_count": 10,
    "processed_assets": 10,
    "timestamp": "2026-03-01T08:00:00+00:00",
    "not_announced": "x",
}


@dataclass
class Sink:
    state: HookState
    faults: Faults
    url: str
    client: WebhookClient

    def hook(self, **changes) -> Hook:
        given = {"name": "status", "url": f"{self.url}/hooks/s3cr3t-path", "auth": "bearer", "payload": ["campaign_id"]}
        return Hook.model_validate(given | changes)

    def send(self, key: str = "key-1", **changes) -> None:
        self.client.send(self.hook(**changes), FACTS, idempotency_key=key)


@pytest.fixture
def sink() -> Iterator[Sink]:
    state, faults = HookState(), Faults()
    with Server(create_app(state, faults), name="hooks") as server:
        yield Sink(state, faults, server.url, WebhookClient(state.settings.token))


def refused(sink: Sink, **changes) -> ServiceError:
    """Return the error of a webhook that is not taken, having checked that it can be shown to anybody."""
    with pytest.raises(ServiceError) as refusal:
        sink.send(**changes)
    error = refusal.value
    assert error.service == "webhook"
    assert str(error).startswith("webhook status: the receiver ")
    for secret in (sink.state.settings.token, "s3cr3t"):
        assert str(secret) not in "".join(traceback.format_exception(error))
    return error


def test_the_shipped_hook_announces_its_eight_facts_and_no_more(sink):
    data = yaml.safe_load(CONFIG.read_text(encoding="utf-8"))
    data["hooks"][0]["url"] = f"{sink.url}/hooks/status"
    hook = Webhooks.model_validate(data | {"hooks": data["hooks"][:1]}).named("campaign_status_update")
    sink.client.send(hook, FACTS, idempotency_key="key-1")
    [delivery] = sink.state.deliveries
    assert delivery.body == {name: value for name, value in FACTS.items() if name != "not_announced"}
    assert (delivery.method, delivery.headers["content-type"]) == ("POST", "application/json")
    assert delivery.idempotency_key == "key-1"


def test_the_same_webhook_sent_again_is_recognizable_as_the_same(sink):
    sink.send()
    sink.send()
    assert [delivery.duplicate_of for delivery in sink.state.deliveries] == [None, 1]


def test_method_headers_and_computed_fields_are_those_of_the_config(sink):
    sink.send(method="PUT", headers={"X-Team": "content"}, payload={"what": "campaign_number ~ ' ' ~ new_status"})
    [delivery] = sink.state.deliveries
    assert (delivery.method, delivery.headers["x-team"]) == ("PUT", "content")
    assert delivery.body == {"what": "C000000078 A2"}


def test_a_key_beyond_latin_letters_is_carried(sink):
    sink.send(key="A1→A2")
    assert sink.state.deliveries[0].headers["idempotency-key"].encode("latin-1").decode() == "A1→A2"


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503])
def test_a_receiver_that_is_busy_or_broken_is_tried_again(sink, status):
    sink.faults.add(Fault("status", status=status))
    error = refused(sink)
    assert isinstance(error, ServiceUnavailable)
    assert error.status_code == status


def test_the_wait_that_a_receiver_asks_for_is_passed_on_up_to_an_hour(sink):
    sink.faults.add(Fault("status", status=503, retry_after="86400"))
    error = refused(sink)
    assert isinstance(error, ServiceUnavailable)
    assert error.retry_after_s == 3600


@pytest.mark.parametrize("status", [400, 404, 409, 422])
def test_a_receiver_that_says_no_is_final_and_its_reason_is_shown_in_short(sink, status):
    sink.faults.add(Fault("status", status=status, body={"error": "unknown campaign", "trace": "y" * 5000}))
    error = refused(sink)
    assert isinstance(error, ServiceRejected)
    assert "unknown campaign" in str(error)
    assert len(str(error)) < 300


def test_a_wrong_token_is_final_and_names_the_setting(sink):
    sink.client = WebhookClient("hunter2")
    error = refused(sink)
    assert isinstance(error, ServiceRejected)
    assert "WEBHOOK_TOKEN" in str(error)
    assert "hunter2" not in str(error)


def test_a_missing_token_is_a_wrong_setting(sink):
    sink.client = WebhookClient()
    with pytest.raises(ConfigError, match="WEBHOOK_TOKEN"):
        sink.send()
    sink.state.settings.token = None
    sink.send(auth="none")
    assert len(sink.state.deliveries) == 1


def test_an_answer_cut_off_after_the_work_was_done_is_tried_again_under_the_same_key(sink):
    sink.faults.add(Fault("cut"))
    assert isinstance(refused(sink), ServiceUnavailable)
    sink.send()
    assert len(sink.state.received("s3cr3t-path")) == 1
    assert len(sink.state.duplicates()) == 1


def test_a_receiver_that_does_not_answer_is_given_up_in_time(sink):
    sink.faults.add(Fault("hang"))
    error = refused(sink, timeout_s=0.3)
    assert isinstance(error, ServiceUnavailable)
    assert "did not answer in time" in str(error)
    sink.faults.release()


def test_a_receiver_that_is_not_there_is_tried_again(sink):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    assert isinstance(refused(sink, url=f"http://127.0.0.1:{port}/s3cr3t"), ServiceUnavailable)


def test_a_receiver_whose_certificate_nobody_vouches_for_is_final(sink, tmp_path):
    files = make_certificates(tmp_path)
    tls = TlsFiles(files.server_cert, files.server_key)
    with Server(create_app(sink.state, sink.faults), name="hooks-tls", tls=tls) as server:
        error = refused(sink, url=f"{server.url}/hooks/s3cr3t")
    assert isinstance(error, ServiceRejected)
    assert "certificate" in str(error)
    assert sink.state.deliveries == []


def test_facts_that_do_not_fit_the_hook_are_refused_before_anything_is_sent(sink):
    with pytest.raises(ConfigError, match="webhook status: the field 'colour'"):
        sink.send(payload=["campaign_id", "colour"])
    assert sink.faults.requests == []


def test_a_hook_without_an_address_is_refused(sink):
    with pytest.raises(ConfigError, match="status has no address"):
        sink.send(url="")


@dataclass
class Receiver:
    """Answers as told and repeats what it was sent, as careless receivers do."""

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    authorizations: list[str] = field(default_factory=list)
    url: str = ""


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    told = Receiver(status=400)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            self.rfile.read(int(self.headers["Content-Length"]))
            told.authorizations.append(self.headers.get("Authorization", ""))
            self.send_response(told.status)
            for name, value in told.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(f"Cannot POST {self.path}\n{self.headers}".encode())

        def log_message(self, format, *args):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        told.url = f"http://127.0.0.1:{server.server_port}/hooks/s3cr3t-path"
        yield told
        server.shutdown()
        thread.join()


def test_basic_auth_sends_the_user_of_the_hook_with_the_token_as_password(sink, receiver):
    receiver.status = 204
    sink.send(url=receiver.url, auth="basic", username="robot")
    wanted = base64.b64encode(f"robot:{sink.state.settings.token}".encode()).decode()
    assert receiver.authorizations == [f"Basic {wanted}"]


@pytest.mark.parametrize("auth", [{"auth": "bearer"}, {"auth": "basic", "username": "robot"}])
def test_a_receiver_that_repeats_the_request_does_not_bring_secrets_into_the_error(sink, receiver, auth):
    error = refused(sink, url=receiver.url, headers={"X-Key": "s3cr3t-header"}, **auth)
    assert "Cannot POST ***" in str(error)
    assert receiver.authorizations[0].split()[1] not in str(error)


def test_a_redirect_is_not_followed(sink, receiver):
    receiver.status, receiver.headers = 307, {"Location": f"{sink.url}/hooks/elsewhere"}
    error = refused(sink, url=receiver.url)
    assert isinstance(error, ServiceRejected)
    assert "redirects are not followed" in str(error)
    assert sink.state.deliveries == []


def test_no_proxy_and_no_netrc_of_the_environment_is_used(sink, tmp_path, monkeypatch):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login other password other\n")
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    sink.send()
    assert len(sink.state.deliveries) == 1
