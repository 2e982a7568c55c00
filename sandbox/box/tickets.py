"""Download addresses of a simulated Box: whoever has one gets the content, until it expires."""

import secrets
import threading
from collections.abc import Callable

from sandbox.box.content import Content
from sandbox.box.settings import BoxSettings


class Tickets:
    """Contents that may be fetched, by a name that cannot be guessed. Thread-safe."""

    def __init__(self, settings: BoxSettings, clock: Callable[[], float]) -> None:
        self._settings = settings
        self._clock = clock
        self._contents: dict[str, tuple[Content, float]] = {}
        self._lock = threading.Lock()

    def issue(self, content: Content) -> str:
        """Return a new ticket for `content`."""
        ticket = secrets.token_urlsafe(16)
        with self._lock:
            self._contents[ticket] = (content, self._clock() + self._settings.download_ttl_s)
        return ticket

    def content(self, ticket: str) -> Content | None:
        """Return the content of a ticket; None when it is unknown or has expired."""
        with self._lock:
            content, expires_at = self._contents.get(ticket, (None, 0.0))
        return content if expires_at > self._clock() else None
