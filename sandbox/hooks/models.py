"""Webhooks that were taken in."""

import datetime as dt
import hmac
import json
import threading
from dataclasses import asdict, dataclass, field
from typing import Any

_SECRET_HEADERS = frozenset({"authorization", "cookie", "proxy-authorization"})


@dataclass
class HookSettings:
    """Who may deliver: bearers of `token`, or anybody where it is None."""

    token: str | None = "sandbox-hooks"


@dataclass(frozen=True, slots=True)
class Delivery:
    """One webhook. `body` is None where it was not JSON; `duplicate_of` is the number of the first with its key."""

    number: int
    name: str
    method: str
    headers: dict[str, str]
    text: str
    body: Any
    idempotency_key: str | None
    duplicate_of: int | None
    received_at: dt.datetime = field(default_factory=lambda: dt.datetime.now(dt.UTC))

    def to_json(self) -> dict[str, Any]:
        """Return it as the control API shows it."""
        return {**asdict(self), "received_at": self.received_at.isoformat()}


class HookState:
    """Every delivery in order of arrival. Thread-safe."""

    def __init__(self, settings: HookSettings | None = None) -> None:
        self.settings = settings or HookSettings()
        self._deliveries: list[Delivery] = []
        self._changed = threading.Condition()

    @property
    def deliveries(self) -> list[Delivery]:
        """The deliveries so far, duplicates among them."""
        with self._changed:
            return list(self._deliveries)

    def take(self, name: str, method: str, headers: dict[str, str], content: bytes) -> Delivery:
        """Keep one delivery. `headers` have lower-case names; those that carry secrets are left out."""
        key = headers.get("idempotency-key")
        with self._changed:
            delivery = Delivery(
                number=len(self._deliveries) + 1,
                name=name,
                method=method,
                headers={header: value for header, value in headers.items() if header not in _SECRET_HEADERS},
                text=content.decode(errors="replace"),
                body=_json_or_none(content),
                idempotency_key=key,
                duplicate_of=self._first_with(name, key),
            )
            self._deliveries.append(delivery)
            self._changed.notify_all()
        return delivery

    def received(self, name: str) -> list[Delivery]:
        """Return the deliveries to /hooks/`name`, duplicates left out, as a careful receiver would act on them."""
        return [item for item in self.deliveries if item.name == name and item.duplicate_of is None]

    def duplicates(self) -> list[Delivery]:
        """Return the deliveries whose key had come before."""
        return [item for item in self.deliveries if item.duplicate_of is not None]

    def wait_for(self, count: int, timeout: float = 10.0) -> list[Delivery]:
        """Block until there are so many deliveries, and return them. Raises TimeoutError."""
        with self._changed:
            if not self._changed.wait_for(lambda: len(self._deliveries) >= count, timeout):
                raise TimeoutError(f"{len(self._deliveries)} webhooks after {timeout} s, expected {count}")
            return list(self._deliveries)

    def clear(self) -> None:
        """Forget every delivery."""
        with self._changed:
            self._deliveries.clear()

    def may_deliver(self, authorization: str) -> bool:
        """Tell whether this Authorization header opens the sink."""
        token = self.settings.token
        return token is None or hmac.compare_digest(authorization.encode(), f"Bearer {token}".encode())

    def _first_with(self, name: str, key: str | None) -> int | None:
        same = (item.number for item in self._deliveries if (item.name, item.idempotency_key) == (name, key))
        return next(same, None) if key is not None else None


def _json_or_none(content: bytes) -> Any:
    try:
        return json.loads(content)
    except ValueError:
        return None
