"""The event stream of a simulated Box, in its smallest form: uploads, in order, without a long poll."""

import datetime as dt
import threading
import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sandbox.box import shapes
from sandbox.box.items import File, Folder


class EventLog:
    """What happened, for `GET /events`. Positions count from 0."""

    def __init__(self, users: Mapping[str, str], now: Callable[[], dt.datetime]) -> None:
        self._users = users
        self._now = now
        self._events: list[dict[str, Any]] = []
        self._lock = threading.Lock()

    def record(self, event_type: str, file: File, above: Sequence[Folder], user_id: str) -> None:
        """Add an event about a file."""
        event = {
            "type": "event",
            "event_id": uuid.uuid4().hex,
            "event_type": event_type,
            "created_at": self._now().isoformat(timespec="seconds"),
            "created_by": shapes.user_mini(user_id, self._users),
            "source": self.source(file, above),
        }
        with self._lock:
            self._events.append(event)

    def source(self, file: File, above: Sequence[Folder]) -> dict[str, Any]:
        """Return the file as events and webhooks show it."""
        return shapes.full(file, above, self._users)

    def since(self, position: str, limit: int) -> tuple[list[dict[str, Any]], int]:
        """Return up to `limit` events from a position, and the position after them; `now` gives none."""
        with self._lock:
            start = int(position) if position.isdecimal() else len(self._events)
            found = self._events[start : start + limit]
            return found, start + len(found)
