"""Webhook deliveries of a simulated Box: signed as Box's webhook guide (signature version 1) says, sent over HTTP."""

import base64
import datetime as dt
import hashlib
import hmac
import json
import uuid
from dataclasses import dataclass
from typing import Any

import requests

_TIMEOUT_S = 30.0  # an answer later than that is none


@dataclass(frozen=True, slots=True)
class Delivery:
    """One attempt to deliver an event. `status` is None when nobody answered, `how` unless it is one of `replays`."""

    delivery_id: str
    event_id: str
    address: str
    status: int | None
    how: str | None = None

    @property
    def is_accepted(self) -> bool:
        """Whether it need not be sent again."""
        return self.status is not None and 200 <= self.status < 300


@dataclass(frozen=True, slots=True)
class Keys:
    """The signature keys of the app; an empty one signs nothing."""

    primary: str = "sandbox-primary-key"
    secondary: str = "sandbox-secondary-key"


@dataclass(frozen=True, slots=True)
class Message:
    """A delivery as it goes over the wire."""

    headers: dict[str, str]
    body: bytes


def wire_form(event: dict[str, Any], *, is_escaped: bool) -> bytes:
    r"""Return the body as it is sent: escaped, non-ASCII is \uXXXX and a slash \/."""
    text = json.dumps(event, separators=(",", ":"), ensure_ascii=is_escaped)
    return (text.replace("/", "\\/") if is_escaped else text).encode()


def signed_headers(body: bytes, keys: Keys, sent_at: dt.datetime, delivery_id: str) -> dict[str, str]:
    """Return the headers of a delivery; the signatures are over the body's bytes, then the timestamp's."""
    timestamp = sent_at.isoformat(timespec="seconds")
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": "Box-WH-Client/0.1",
        "BOX-DELIVERY-ID": delivery_id,
        "BOX-DELIVERY-TIMESTAMP": timestamp,
        "BOX-SIGNATURE-VERSION": "1",
        "BOX-SIGNATURE-ALGORITHM": "HmacSHA256",
    }
    for name, key in (("PRIMARY", keys.primary), ("SECONDARY", keys.secondary)):
        if key:
            digest = hmac.new(key.encode(), body + timestamp.encode(), hashlib.sha256).digest()
            headers[f"BOX-SIGNATURE-{name}"] = base64.b64encode(digest).decode()
    return headers


def signed(body: bytes, keys: Keys, sent_at: dt.datetime) -> Message:
    """Return a delivery as Box makes it, with a delivery id of its own."""
    return Message(signed_headers(body, keys, sent_at, str(uuid.uuid4())), body)


def send(message: Message, event_id: str, address: str, how: str | None = None) -> Delivery:
    """Send a delivery once."""
    try:
        with requests.Session() as session:
            session.trust_env = False
            answer = session.post(
                address, data=message.body, headers=message.headers, timeout=_TIMEOUT_S, allow_redirects=False
            )
            status: int | None = answer.status_code
    except requests.RequestException:
        status = None
    return Delivery(message.headers["BOX-DELIVERY-ID"], event_id, address, status, how)
