"""Webhooks (v2) of a simulated Box: who wants to hear of which folder, told from threads of their own."""

import datetime as dt
import threading
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from sandbox.box import errors, shapes
from sandbox.box.deliveries import Delivery, Keys, send
from sandbox.box.settings import BoxSettings

_MAX_WEBHOOKS = 1000


@dataclass(slots=True)
class Webhook:
    """One webhook. It also hears of what happens in folders below its target."""

    id: str
    user_id: str
    target: dict[str, str]
    address: str
    triggers: list[str]
    created_at: dt.datetime

    def to_json(self, users: Mapping[str, str]) -> dict[str, Any]:
        """Return the webhook as Box shows it."""
        return {
            "id": self.id,
            "type": "webhook",
            "target": self.target,
            "created_by": shapes.user_mini(self.user_id, users),
            "created_at": self.created_at.isoformat(timespec="seconds"),
            "address": self.address,
            "triggers": self.triggers,
        }


@dataclass(slots=True)
class _Wishes:
    target: dict[str, str] = field(default_factory=dict)
    address: str = ""
    triggers: list[str] = field(default_factory=list)


class Webhooks:
    """The webhooks of the app. Thread-safe; refusals are BoxErrors."""

    def __init__(self, settings: BoxSettings, now: Callable[[], dt.datetime]) -> None:
        self.keys = Keys()
        self.deliveries: list[Delivery] = []
        self._settings = settings
        self._now = now
        self._webhooks: dict[str, Webhook] = {}
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

    def of(self, user_id: str) -> list[Webhook]:
        """Return the webhooks of a user."""
        with self._lock:
            return [webhook for webhook in self._webhooks.values() if webhook.user_id == user_id]

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
        with self._lock:
            listening = [hook for hook in self._webhooks.values() if trigger in hook.triggers]
        for webhook in listening:
            if webhook.target["id"] in places:
                self._start(webhook, _event(webhook, trigger, source, shapes.user_mini(user_id, users), self._now()))

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
                delivery = send(event, address, self.keys, self._now(), is_escaped=self._settings.webhook_escapes)
                with self._lock:
                    self.deliveries.append(delivery)
                if delivery.is_accepted:
                    break

    def _checked(self, data: Mapping[str, Any]) -> _Wishes:
        target, address, triggers = data.get("target") or {}, str(data.get("address", "")), data.get("triggers")
        if not triggers or not isinstance(triggers, list):
            raise errors.bad_request("triggers must name at least one trigger", "triggers")
        if target.get("type") not in {"file", "folder"} or target.get("id") in {None, "", "0"}:
            raise errors.bad_request("target must be a file, or a folder other than the root", "target")
        parts = urlsplit(address)
        is_real = parts.scheme == "https" and parts.port in {None, 443}
        if not parts.netloc or (self._settings.webhook_https_required and not is_real):
            raise errors.bad_request("address must be a https URL on port 443", "address")
        return _Wishes({"id": str(target["id"]), "type": str(target["type"])}, address, _names(triggers))


def _names(triggers: Sequence[Any]) -> list[str]:
    return [str(trigger) for trigger in triggers]


def _event(
    webhook: Webhook, trigger: str, source: dict[str, Any], user: dict[str, Any], now: dt.datetime
) -> dict[str, Any]:
    return {
        "type": "webhook_event",
        "id": str(uuid.uuid4()),
        "created_at": now.isoformat(timespec="seconds"),
        "trigger": trigger,
        "webhook": {"id": webhook.id, "type": "webhook"},
        "created_by": user,
        "source": source,
        "additional_info": [],
    }
