"""The record of what a simulated service was asked."""

import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from starlette.types import Message, Receive, Scope, Send

_STATE_KEY = "sandbox_seen"

# An allow-list: whatever carries a secret stays out without having to be thought of.
_KEPT_HEADERS = frozenset(
    {
        "content-length", "content-md5", "content-range", "content-type", "digest", "idempotency-key", "if-match",
        "range", "user-agent", "x-requested-by",
    }
)  # fmt: skip


@dataclass(slots=True)
class Seen:
    """One request. `status` is None while it is unanswered, and stays None when its answer was cut off."""

    method: str
    path: str
    query: str
    headers: dict[str, str]
    started_at: float = field(default_factory=time.monotonic)
    status: int | None = None
    is_write: bool = False
    received_bytes: int = 0
    sent_bytes: int = 0

    def to_json(self) -> dict[str, Any]:
        """Return the record as the control API shows it."""
        return asdict(self)


def begin(scope: Scope) -> Seen:
    """Return the record of the request that starts with `scope`, tied to it for `mark_write`."""
    headers = {key.decode("latin-1").lower(): value.decode("latin-1") for key, value in scope["headers"]}
    seen = Seen(
        method=scope["method"],
        path=scope["path"],
        query=scope["query_string"].decode("latin-1"),
        headers={name: value for name, value in headers.items() if name in _KEPT_HEADERS},
    )
    scope.setdefault("state", {})[_STATE_KEY] = seen
    return seen


def mark_write(scope: Mapping[str, Any]) -> None:
    """Note that this request really changed the service's state. Without FaultMiddleware around, nothing is noted.

    `scope` may be a Starlette request: that is a mapping of its scope.
    """
    seen = scope.get("state", {}).get(_STATE_KEY)
    if seen is not None:
        seen.is_write = True


def counted_receive(receive: Receive, seen: Seen) -> Receive:
    """Return `receive`, which counts the request body."""

    async def counted() -> Message:
        message = await receive()
        seen.received_bytes += len(message.get("body", b""))
        return message

    return counted


def counted_send(send: Send, seen: Seen) -> Send:
    """Return `send`, which notes the status and counts the response body."""

    async def counted(message: Message) -> None:
        if message["type"] == "http.response.start":
            seen.status = message["status"]
        seen.sent_bytes += len(message.get("body", b""))
        await send(message)

    return counted
