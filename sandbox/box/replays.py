"""Deliveries that Box would not make, or not twice: an event once more, as a replayer or a forger would send it."""

import datetime as dt
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Literal

from sandbox.box.deliveries import Keys, Message, signed, wire_form

How = Literal["duplicate", "stale", "early", "forged", "unsigned", "tampered"]

OLD = dt.timedelta(minutes=11)
"""Box's guide lets a receiver refuse what is older than ten."""
AHEAD = dt.timedelta(minutes=2)
OTHER_KEYS = Keys("forged-primary-key", "forged-secondary-key")
OTHER_FILE_ID = "99999999"
"""What a tampered event is about."""


def _duplicate(body: bytes, keys: Keys, now: dt.datetime) -> Message:
    return signed(body, keys, now)


def _stale(body: bytes, keys: Keys, now: dt.datetime) -> Message:
    return signed(body, keys, now - OLD)


def _early(body: bytes, keys: Keys, now: dt.datetime) -> Message:
    return signed(body, keys, now + AHEAD)


def _forged(body: bytes, _: Keys, now: dt.datetime) -> Message:
    return signed(body, OTHER_KEYS, now)


def _unsigned(body: bytes, keys: Keys, now: dt.datetime) -> Message:
    message = signed(body, keys, now)
    kept = {name: value for name, value in message.headers.items() if not name.startswith("BOX-SIGNATURE-")}
    return replace(message, headers=kept)


def _tampered(body: bytes, keys: Keys, now: dt.datetime) -> Message:
    event = json.loads(body)
    event["source"]["id"] = OTHER_FILE_ID
    return replace(signed(body, keys, now), body=wire_form(event, is_escaped=True))


REPLAYS: dict[How, Callable[[bytes, Keys, dt.datetime], Message]] = {
    "duplicate": _duplicate,
    "stale": _stale,
    "early": _early,
    "forged": _forged,
    "unsigned": _unsigned,
    "tampered": _tampered,
}
"""From an event's body, the app's keys and the time to what is sent; each has a delivery id of its own."""
