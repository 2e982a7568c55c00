"""The webhook sink."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
import requests

from sandbox.faults import Fault, Faults
from sandbox.hooks import HookSettings, HookState, create_app
from sandbox.serving import Server


@dataclass
class Sink:
    state: HookState
    faults: Faults
    url: str

    def send(self, body: object = None, *, key: str | None = None, name: str = "status", token: str | None = None):
        headers = {"Authorization": f"Bearer {token or self.state.settings.token}"}
        if key:
            headers["Idempotency-Key"] = key
        return requests.post(f"{self.url}/hooks/{name}", json=body, headers=headers, timeout=5)


@pytest.fixture
def sink() -> Iterator[Sink]:
    state, faults = HookState(), Faults()
    with Server(create_app(state, faults), name="hooks") as server:
        yield Sink(state, faults, server.url)


def test_a_webhook_is_kept_with_its_body_and_key_but_without_its_token(sink):
    assert sink.send({"campaign_number": "C000000078"}, key="k1").json() == {"received": 1, "duplicate_of": None}
    [delivery] = sink.state.deliveries
    assert (delivery.name, delivery.method, delivery.idempotency_key) == ("status", "POST", "k1")
    assert delivery.body == {"campaign_number": "C000000078"}
    assert delivery.headers["content-type"] == "application/json"
    assert "authorization" not in delivery.headers


def test_the_same_key_twice_is_seen_as_a_duplicate(sink):
    sink.send({}, key="k1")
    sink.send({}, key="k1")
    sink.send({}, key="k1", name="other")
    sink.send({})
    assert [item.duplicate_of for item in sink.state.deliveries] == [None, 1, None, None]
    assert [item.number for item in sink.state.duplicates()] == [2]
    assert [item.number for item in sink.state.received("status")] == [1, 4]


def test_a_wrong_token_is_refused_and_nothing_is_kept(sink):
    assert sink.send({}, token="wrong").status_code == 401
    assert sink.state.deliveries == []
    assert sink.faults.writes() == []


def test_a_sink_without_a_token_takes_everybody():
    with Server(create_app(HookState(HookSettings(token=None)), Faults()), name="hooks") as server:
        assert requests.put(f"{server.url}/hooks/x", data=b"not json", timeout=5).status_code == 200
        [delivery] = requests.get(f"{server.url}/_sandbox/state", timeout=5).json()
    assert (delivery["method"], delivery["text"], delivery["body"]) == ("PUT", "not json", None)


def test_a_lost_answer_leaves_the_webhook_delivered(sink):
    sink.faults.add(Fault("cut"))
    with pytest.raises(requests.ConnectionError):
        sink.send({}, key="k1")
    sink.send({}, key="k1")
    assert len(sink.state.duplicates()) == 1


def test_the_page_lists_the_webhooks(sink):
    assert "No webhook yet" in requests.get(sink.url, timeout=5).text
    sink.send({"campaign_name": "<b>Süß & gut</b>"}, key="k1")
    page = requests.get(sink.url, timeout=5).text
    assert "&lt;b&gt;Süß &amp; gut&lt;/b&gt;" in page
    assert "k1" in page
