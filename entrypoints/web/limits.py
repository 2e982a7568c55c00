"""How much a stranger may ask of the web app: so many requests from one address, so many bytes, so long."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar, TypeVarTuple

from anyio import CapacityLimiter, to_thread
from fastapi import HTTPException, Request
from starlette.requests import ClientDisconnect

_MOST_ADDRESSES = 10_000
_MOST_WAITING = 8

_Given = TypeVarTuple("_Given")
_Made = TypeVar("_Made")


@dataclass(frozen=True)
class Limits:
    """The limits. Box delivers from few addresses, and an agency may place hundreds of files at once."""

    body_bytes: int = 256 * 1024
    body_s: float = 10.0
    requests_per_s: float = 20.0
    burst: int = 400


class AddressBuckets:
    """A token bucket for each client address, in memory. For one event loop: not thread-safe."""

    def __init__(self, limits: Limits, clock: Callable[[], float] = time.monotonic) -> None:
        self._limits = limits
        self._clock = clock
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()  # tokens, when they were counted

    def take(self, address: str) -> bool:
        """Take a token of the address; False when it has none left."""
        now = self._clock()
        tokens, counted_at = self._buckets.pop(address, (float(self._limits.burst), now))
        tokens = min(tokens + (now - counted_at) * self._limits.requests_per_s, float(self._limits.burst))
        has_one = tokens >= 1
        self._buckets[address] = (tokens - has_one, now)
        if len(self._buckets) > _MOST_ADDRESSES:
            self._buckets.popitem(last=False)
        return has_one


class Busy(Exception):
    """Too many wait already for the same threads."""

    def __str__(self) -> str:
        """Say so in a log."""
        return "too many ask at once"


class FewThreads:
    """Threads for one kind of work, and few who may wait for them.

    The server under us takes so many requests at a time, whosesoever: all who wait would keep out a webhook. For one
    event loop: not thread-safe.
    """

    def __init__(self, threads: int) -> None:
        self._limiter = CapacityLimiter(threads)
        self._room = threads + _MOST_WAITING

    async def do(self, work: Callable[[*_Given], _Made], *given: *_Given) -> _Made:
        """Do it in one of the threads, after those who wait. Raises Busy where they are many."""
        if self._room == 0:
            raise Busy
        self._room -= 1
        try:
            return await to_thread.run_sync(work, *given, limiter=self._limiter)
        finally:
            self._room += 1


async def read_body(request: Request, limits: Limits) -> bytes:
    """Return the request's body. Raises HTTPException: 413 for one too big, 408 for one too slow, 400 for half a one.

    Counts what arrives: a chunked body announces no length.
    """
    if int(request.headers.get("content-length", 0)) > limits.body_bytes:
        raise HTTPException(413)
    body = bytearray()
    try:
        async with asyncio.timeout(limits.body_s):
            async for piece in request.stream():
                body += piece
                if len(body) > limits.body_bytes:
                    raise HTTPException(413)
    except TimeoutError:
        raise HTTPException(408) from None
    except ClientDisconnect:
        raise HTTPException(400) from None
    return bytes(body)
