"""Which faults a simulated service shows, to which requests, how often."""

import asyncio
import re
import threading
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from pydantic import TypeAdapter, ValidationError

from sandbox.faults.log import Seen

SHAPES = frozenset({"latency", "bandwidth", "hang"})
"""Faults that slow a request down; any number of them hits one request."""

OUTCOMES = frozenset({"status", "html", "after", "cut", "flip"})
"""Faults that decide the answer; the first that matches hits, the others keep their turns."""


@dataclass(slots=True)
class Fault:
    """One rule. What each field means per kind stands beside it; fields of other kinds are ignored."""

    kind: str
    method: str | None = None  # None = any
    path: str | None = None  # regular expression searched in the path
    skip: int = 0  # lets the first n matches pass
    times: int | None = 1  # how many matches it then hits; None = for ever
    status: int = 503  # status, html: answered without doing the work; after: the work is done, then answered
    retry_after: str | None = None  # status, after: value of the Retry-After header, as it is
    body: Any = None  # status, after: JSON body
    seconds: float = 0.0  # latency
    bits_per_second: float = 0.0  # bandwidth: of each request body and each response body
    at_byte: int = 0  # cut: after so many bytes of the body, 0 = before the headers, work done; flip: the byte hit
    when: str = "before"  # hang: "before" the work, or "after" it with the answer held
    matches: int = 0  # counted by Faults
    hits: int = 0  # counted by Faults

    def __post_init__(self) -> None:
        if self.kind not in SHAPES | OUTCOMES:
            raise ValueError(f"unknown kind of fault {self.kind!r}; known: {', '.join(sorted(SHAPES | OUTCOMES))}")
        if self.when not in {"before", "after"}:
            raise ValueError(f"a hang is 'before' or 'after' the work, not {self.when!r}")
        if self.kind == "bandwidth" and self.bits_per_second <= 0:
            raise ValueError("a bandwidth fault needs bits_per_second above 0")
        try:
            re.compile(self.path or "")
        except re.error as error:
            raise ValueError(f"path {self.path!r} is no regular expression: {error}") from error

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Fault":
        """Return the rule that `data` describes. Raises ValueError for an unknown key or a value out of range."""
        known = {item.name for item in fields(cls)} - {"matches", "hits"}
        if unknown := set(data) - known:
            raise ValueError(f"unknown: {', '.join(sorted(unknown))}; known: {', '.join(sorted(known))}")
        try:
            return TypeAdapter(cls).validate_python(dict(data))
        except ValidationError as error:
            faults = (f"{'.'.join(map(str, item['loc']))} {item['msg']}".strip() for item in error.errors())
            raise ValueError("; ".join(faults)) from None

    def to_json(self) -> dict[str, Any]:
        """Return the rule with its counters."""
        return asdict(self)

    def _fits(self, method: str, path: str) -> bool:
        return (self.method is None or self.method == method) and (
            self.path is None or bool(re.search(self.path, path))
        )

    def _is_due(self) -> bool:
        return self.matches > self.skip and (self.times is None or self.hits < self.times)


class Faults:
    """The rules of one service, what it was asked, and which requests are held. Every method is thread-safe."""

    def __init__(self) -> None:
        self.requests: list[Seen] = []
        self._rules: list[Fault] = []
        self._held: list[tuple[Seen, asyncio.AbstractEventLoop, asyncio.Event]] = []
        self._changed = threading.Condition()

    def add(self, fault: Fault) -> Fault:
        """Add a rule and return it; its `hits` tells how often it has struck."""
        with self._changed:
            self._rules.append(fault)
        return fault

    def clear(self) -> None:
        """Remove every rule; let what is held go on."""
        with self._changed:
            self._rules.clear()
        self.release()

    @property
    def rules(self) -> list[Fault]:
        """The rules in the order in which they are tried."""
        with self._changed:
            return list(self._rules)

    def writes(self) -> list[Seen]:
        """Return the requests that changed the service's state, by the word of the service itself."""
        with self._changed:
            return [seen for seen in self.requests if seen.is_write]

    def forget_requests(self) -> None:
        """Empty the record of requests."""
        with self._changed:
            self.requests.clear()

    def take(self, seen: Seen) -> list[Fault]:
        """Record the request and return the rules that hit it, their counters moved on."""
        with self._changed:
            self.requests.append(seen)
            hits: list[Fault] = []
            for rule in self._rules:
                if not rule._fits(seen.method, seen.path):
                    continue
                rule.matches += 1
                decided = rule.kind in OUTCOMES and any(hit.kind in OUTCOMES for hit in hits)
                if rule._is_due() and not decided:
                    rule.hits += 1
                    hits.append(rule)
            return hits

    async def hold(self, seen: Seen) -> None:
        """Hold the request until `release`, without blocking the server."""
        held = (seen, asyncio.get_running_loop(), asyncio.Event())
        with self._changed:
            self._held.append(held)
            self._changed.notify_all()
        try:
            await held[2].wait()
        finally:
            with self._changed:
                if held in self._held:  # the server was stopped meanwhile
                    self._held.remove(held)

    def wait_for_hang(self, timeout: float) -> Seen:
        """Block until a request is held, and return it. Raises TimeoutError after `timeout` seconds."""
        deadline = time.monotonic() + timeout
        with self._changed:
            while not self._held:
                left = deadline - time.monotonic()
                if left <= 0:
                    raise TimeoutError(f"no request was held within {timeout} s")
                self._changed.wait(left)
            return self._held[0][0]

    def release(self) -> None:
        """Let every request that is held now go on."""
        with self._changed:
            held, self._held = self._held, []
        for _, loop, event in held:
            loop.call_soon_threadsafe(event.set)
