"""One webhook (v2) of a simulated Box: what it asks for, checked as Box does, and what it is told."""

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from sandbox.box import errors, shapes


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
class Wishes:
    """What a webhook asks for."""

    target: dict[str, str] = field(default_factory=dict)
    address: str = ""
    triggers: list[str] = field(default_factory=list)


def checked(data: Mapping[str, Any], *, https_required: bool) -> Wishes:
    """Return what a request asks for, or refuse it with 400."""
    target, address, triggers = data.get("target") or {}, str(data.get("address", "")), data.get("triggers")
    if not triggers or not isinstance(triggers, list):
        raise errors.bad_request("triggers must name at least one trigger", "triggers")
    if target.get("type") not in {"file", "folder"} or target.get("id") in {None, "", "0"}:
        raise errors.bad_request("target must be a file, or a folder other than the root", "target")
    parts = urlsplit(address)
    is_real = parts.scheme == "https" and parts.port in {None, 443}
    if not parts.netloc or (https_required and not is_real):
        raise errors.bad_request("address must be a https URL on port 443", "address")
    return Wishes({"id": str(target["id"]), "type": str(target["type"])}, address, [str(name) for name in triggers])


def new_event(
    webhook: Webhook, trigger: str, source: dict[str, Any], user: dict[str, Any], now: dt.datetime
) -> dict[str, Any]:
    """Return what a webhook is told."""
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
