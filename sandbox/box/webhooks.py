"""Webhooks (v2) of a simulated Box: who wants to hear of which folder, told from threads of their own."""

import datetime as dt
import threading
import time
import uuid
from collections.abc import Callable, Mapping
from typing import Any

from sandbox.box import errors, shapes
from sandbox.box.deliveries import Delivery, Keys, Message, send, signed, wire_form
from sandbox.box.replays import REPLAYS, How
from sandbox.box.settings import BoxSettings
from sandbox.box.subscriptions import Webhook, Wishes, checked, new_event

_MAX_WEBHOOKS = 1000


class Webhooks:
    """The webhooks of the app. Thread-safe; refusals are BoxErrors."""

    def __init__(self, settings: BoxSettings, now: Callable[[], dt.datetime]) -> None:
        self.keys = Keys()
        self.deliveries: list[Delivery] = []
        self._settings = settings
        self._now = now
        self._webhooks: dict[str, Webhook] = {}
        self._told: dict[str, dict[str, Any]] = {}  # by event id
        self._senders: list[threading.Thread] = []
        self._stopped = threading.Event()
        self._lock = threading.Lock()

    def create(self, user_id: str, data: Mapping[str, Any]) -> Webhook:
        """Register a webhook; 409 when the user has one on the target."""
        wishes = self._checked(data)
        with self._lock:
            own = [webhook for webhook in self._webhooks.values() if webhook.user_id == user_id]
            if any(webhook.target == wishes.target for webhook in own):
                raise errors.conflict("A webhook on this target exists already for this application and user")
            if len(own) >= _MAX_WEBHOOKS:
                raise errors.BoxError(
                    400, "webhook_limit_exceeded", f"The limit of {_MAX_WEBHOOKS} webhooks is reached"
                )
            webhook_id = str(uuid.uuid4().int)[:10]
            webhook = Webhook(webhook_id, user_id, wishes.target, wishes.address, wishes.triggers, self._now())
            self._webhooks[webhook_id] = webhook
            return webhook

    def all(self) -> list[Webhook]:
        """Return the webhooks of everybody."""
        with self._lock:
            return list(self._webhooks.values())

    def of(self, user_id: str) -> list[Webhook]:
        """Return the webhooks of a user."""
        return [webhook for webhook in self.all() if webhook.user_id == user_id]

    def get(self, webhook_id: str, user_id: str) -> Webhook:
        """Return a webhook of this user, or refuse with 404."""
        with self._lock:
            webhook = self._webhooks.get(webhook_id)
            if webhook is None or webhook.user_id != user_id:
                raise errors.not_found("webhook", webhook_id)
            return webhook

    def update(self, webhook_id: str, user_id: str, data: Mapping[str, Any]) -> Webhook:
        """Change target, address or triggers."""
        webhook = self.get(webhook_id, user_id)
        current = {"target": webhook.target, "address": webhook.address, "triggers": webhook.triggers}
        wishes = self._checked({**current, **data})
        webhook.target, webhook.address, webhook.triggers = wishes.target, wishes.address, wishes.triggers
        return webhook

    def delete(self, webhook_id: str, user_id: str) -> None:
        """Remove a webhook."""
        self.get(webhook_id, user_id)
        with self._lock:
            self._webhooks.pop(webhook_id, None)

    def fire(self, trigger: str, source: dict[str, Any], user_id: str, users: Mapping[str, str]) -> None:
        """Tell every webhook that listens for this. Returns at once."""
        places = {source["id"], *(folder["id"] for folder in source["path_collection"]["entries"])}
        for webhook in self.all():
            if trigger in webhook.triggers and webhook.target["id"] in places:
                user = shapes.user_mini(user_id, users)
                self._start(webhook, new_event(webhook, trigger, source, user, self._now()))

    def send_again(self, how: How = "duplicate", event_id: str | None = None) -> Delivery:
        """Send an event of an earlier delivery once more, the last one's unless named, and wait for the answer.

        Raises ValueError when there is none, or its webhook is deleted.
        """
        event, address = self._earlier(event_id)
        return self._send(REPLAYS[how](self._body(event), self.keys, self._now()), event, address, how)

    def wait(self, timeout: float) -> None:
        """Return when nothing is being delivered any more. Raises TimeoutError."""
        deadline = time.monotonic() + timeout
        for sender in self._running():
            sender.join(max(0.0, deadline - time.monotonic()))
        if self._running():
            raise TimeoutError(f"webhooks are still being delivered after {timeout} s")

    def stop(self) -> None:
        """Give up what has not been delivered."""
        self._stopped.set()
        for sender in self._running():
            sender.join()

    def _start(self, webhook: Webhook, event: dict[str, Any]) -> None:
        sender = threading.Thread(
            target=self._deliver, args=(webhook.address, event), name="sandbox-webhook", daemon=True
        )
        with self._lock:
            self._senders = [*(thread for thread in self._senders if thread.is_alive()), sender]
            sender.start()

    def _running(self) -> list[threading.Thread]:
        with self._lock:
            return [sender for sender in self._senders if sender.is_alive()]

    def _deliver(self, address: str, event: dict[str, Any]) -> None:
        for _ in range(self._settings.webhook_copies):
            for attempt in range(self._settings.webhook_attempts):
                if self._stopped.wait(self._settings.webhook_retry_s if attempt else 0):
                    return
                if self._send(signed(self._body(event), self.keys, self._now()), event, address).is_accepted:
                    break

    def _send(self, message: Message, event: dict[str, Any], address: str, how: How | None = None) -> Delivery:
        delivery = send(message, event["id"], address, how)
        with self._lock:
            self.deliveries.append(delivery)
            self._told[delivery.event_id] = event
        return delivery

    def _earlier(self, event_id: str | None) -> tuple[dict[str, Any], str]:
        """Return an event that was told, and where its webhook wants to hear of it."""
        with self._lock:
            if not self.deliveries:
                raise ValueError("nothing was delivered yet")
            event_id = self.deliveries[-1].event_id if event_id is None else event_id
            if event_id not in self._told:
                raise ValueError(f"no event {event_id} was delivered")
            event = self._told[event_id]
            webhook = self._webhooks.get(event["webhook"]["id"])
            if webhook is None:
                raise ValueError(f"the webhook that was told of event {event_id} is deleted")
            return event, webhook.address

    def _body(self, event: dict[str, Any]) -> bytes:
        return wire_form(event, is_escaped=self._settings.webhook_escapes)

    def _checked(self, data: Mapping[str, Any]) -> Wishes:
        return checked(data, https_required=self._settings.webhook_https_required)
