"""What the simulated Box sends with ill will: an event once more, and how the SDK takes it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests
from box_sdk_gen import WebhooksManager
from box_sdk_gen.internal.utils import compute_webhook_signature

from sandbox import hooks
from sandbox.box.replays import REPLAYS
from sandbox.faults import Fault, Faults
from sandbox.hooks import HookSettings, HookState
from sandbox.serving import Server

REFUSED = sorted(set(REPLAYS) - {"duplicate"})


@dataclass
class Sender:
    """A Box with a webhook on a folder, and the receiver that it tells."""

    box: Any
    sink: HookState
    faults: Faults
    address: str
    folder_id: str
    webhook_id: str = ""

    @property
    def webhooks(self):
        return self.box.state.webhooks

    def register(self, address: str) -> None:
        wishes = {"target": {"id": self.folder_id, "type": "folder"}, "triggers": ["FILE.UPLOADED"]}
        self.webhook_id = self.webhooks.create(self.box.user_id, {**wishes, "address": address}).id

    def tell(self, name: str = "Spot für 15 Sekunden.mp4") -> str:
        """Place a file, and return the id of the event once it is delivered."""
        self.box.state.add_file(self.folder_id, name, b"abc")
        self.webhooks.wait(10)
        return str(self.webhooks.deliveries[-1].event_id)

    def ask(self, **body: Any) -> requests.Response:
        return requests.post(f"{self.box.url}/_sandbox/webhooks", json=body, timeout=10)

    def takes(self, delivery: hooks.Delivery) -> bool:
        """Whether the SDK believes a delivery."""
        return WebhooksManager.validate_message(delivery.text, delivery.headers, self.webhooks.keys.primary)

    def is_signed(self, delivery: hooks.Delivery, text: str) -> bool:
        """Whether the signature is the app's over this text, however old."""
        signature = compute_webhook_signature(text, delivery.headers, self.webhooks.keys.primary)
        return signature is not None and signature == delivery.headers.get("box-signature-primary")


@pytest.fixture
def sender(box) -> Iterator[Sender]:
    sink, faults = HookState(HookSettings(token=None)), Faults()
    with Server(hooks.create_app(sink, faults), name="receiver") as server:
        folder_id = box.state.add_folder("derivatives").id
        sender = Sender(box, sink, faults, f"{server.url}/hooks/box", folder_id)
        sender.register(sender.address)
        yield sender
        box.state.webhooks.stop()


def test_a_duplicate_is_the_same_event_under_another_delivery_id_and_is_believed(sender):
    sender.tell()
    sender.webhooks.send_again()

    first, again = sender.sink.deliveries
    assert again.text == first.text
    assert again.headers["box-delivery-id"] != first.headers["box-delivery-id"]
    assert sender.takes(again)


@pytest.mark.parametrize("how", REFUSED)
def test_what_box_did_not_send_now_is_not_believed(sender, how):
    event_id = sender.tell()
    delivery = sender.webhooks.send_again(how=how)

    first, again = sender.sink.deliveries
    assert (delivery.how, delivery.event_id, again.body["id"], delivery.status) == (how, event_id, event_id, 200)
    assert (sender.takes(first), sender.takes(again)) == (True, False)


@pytest.mark.parametrize(("how", "ahead"), [("stale", timedelta(minutes=-11)), ("early", timedelta(minutes=2))])
def test_of_a_stale_or_early_delivery_only_the_time_is_wrong(sender, how, ahead):
    sender.tell()
    before = datetime.now(UTC).replace(microsecond=0)
    sender.webhooks.send_again(how=how)

    again = sender.sink.deliveries[-1]
    sent_at = datetime.fromisoformat(again.headers["box-delivery-timestamp"])
    assert before + ahead <= sent_at <= datetime.now(UTC) + ahead
    assert sender.is_signed(again, again.text)


def test_a_forged_delivery_carries_both_signatures_by_other_keys(sender):
    sender.tell()
    sender.webhooks.send_again(how="forged")

    first, forged = sender.sink.deliveries
    assert (set(forged.headers), forged.text) == (set(first.headers), first.text)
    assert not sender.is_signed(forged, forged.text)


def test_an_unsigned_delivery_lacks_nothing_but_the_signatures(sender):
    sender.tell()
    sender.webhooks.send_again(how="unsigned")

    first, unsigned = sender.sink.deliveries
    signature = {f"box-signature-{part}" for part in ("primary", "secondary", "version", "algorithm")}
    assert set(first.headers) - set(unsigned.headers) == signature
    assert unsigned.text == first.text


def test_a_tampered_delivery_is_signed_for_the_event_as_it_was_but_names_another_file(sender):
    sender.tell()
    sender.webhooks.send_again(how="tampered")

    first, tampered = sender.sink.deliveries
    assert sender.is_signed(tampered, first.text)
    assert tampered.body["source"].pop("id") != first.body["source"].pop("id")
    assert tampered.body == first.body


def test_an_earlier_event_is_sent_again_where_it_is_named(sender):
    earlier, _ = sender.tell("a.mp4"), sender.tell("b.mp4")
    sender.webhooks.send_again("duplicate", earlier)

    assert [delivery.body["source"]["name"] for delivery in sender.sink.deliveries] == ["a.mp4", "b.mp4", "a.mp4"]


def test_it_goes_where_the_webhook_points_by_now(sender):
    sender.tell()
    moved = sender.address.replace("/hooks/box", "/hooks/moved")
    sender.webhooks.update(sender.webhook_id, sender.box.user_id, {"address": moved})
    sender.webhooks.send_again()

    assert [delivery.name for delivery in sender.sink.deliveries] == ["box", "moved"]


def test_over_http_the_answer_is_what_the_receiver_answered(sender):
    event_id = sender.tell()
    sender.faults.add(Fault("status", status=403))
    answer = sender.ask(how="stale")
    told = answer.json()

    assert answer.status_code == 200
    assert told.pop("delivery_id")
    assert told == {"event_id": event_id, "address": sender.address, "status": 403, "how": "stale"}
    assert sender.ask(how="duplicate", event_id=event_id).json()["status"] == 200


def test_a_receiver_that_does_not_answer_has_no_status(sender):
    sender.tell()
    sender.faults.add(Fault("cut"))

    assert sender.ask(how="duplicate").json()["status"] is None


def test_nothing_is_tried_again_that_is_refused(sender):
    sender.tell()
    sender.faults.add(Fault("status", status=500, times=None))
    sender.ask(how="duplicate")
    sender.webhooks.wait(10)

    assert [delivery.status for delivery in sender.webhooks.deliveries] == [200, 500]


def test_the_webhooks_and_deliveries_are_listed(sender):
    event_id = sender.tell()
    sender.ask(how="forged")
    listed = requests.get(f"{sender.box.url}/_sandbox/webhooks", timeout=10).json()

    assert [(hook["id"], hook["address"]) for hook in listed["webhooks"]] == [(sender.webhook_id, sender.address)]
    own, forged = listed["deliveries"]
    assert own["delivery_id"] != forged["delivery_id"]
    facts = {"event_id": event_id, "address": sender.address, "status": 200}
    assert [{**own, "delivery_id": ""}, {**forged, "delivery_id": ""}] == [
        {**facts, "delivery_id": "", "how": None},
        {**facts, "delivery_id": "", "how": "forged"},
    ]


def test_what_cannot_be_sent_is_refused_with_a_reason(sender):
    def reason(**body: Any) -> str:
        answer = sender.ask(**body)
        assert answer.status_code == 400
        return str(answer.json()["error"])

    assert reason(how="stale") == "nothing was delivered yet"
    event_id = sender.tell()
    assert "'stale'" in reason(how="late")
    assert reason().startswith("how: ")
    assert reason(how="stale", colour="red").startswith("colour: ")
    assert reason(how="stale", event_id="e-1") == "no event e-1 was delivered"
    sender.webhooks.delete(sender.webhook_id, sender.box.user_id)
    assert reason(how="stale").endswith(f"event {event_id} is deleted")
    assert len(sender.sink.deliveries) == 1


def test_a_body_that_is_no_json_is_refused_with_a_reason(sender):
    answer = requests.post(f"{sender.box.url}/_sandbox/webhooks", data=b"{", timeout=10)

    assert answer.status_code == 400
    assert answer.json()["error"].startswith("Invalid JSON")
