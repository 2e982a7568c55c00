"""What a fault does to the bytes of one request: slow them, turn one bit, or break the connection."""

import asyncio
import time
from typing import Any

from starlette.types import Message, Receive, Scope, Send

TRANSPORT_KEY = "sandbox_transport"
"""Where `sandbox.serving` leaves the connection's transport in the scope's state; ASGI itself cannot drop one."""

_SLICE = 64 * 1024


class Pace:
    """Keeps a body at a given speed, on average since its first byte."""

    def __init__(self, bits_per_second: float) -> None:
        self._bits_per_second = bits_per_second
        self._started_at: float | None = None
        self._bits = 0

    async def spend(self, size_bytes: int) -> None:
        """Wait until so many more bytes have had their time."""
        if self._started_at is None:
            self._started_at = time.monotonic()
        self._bits += 8 * size_bytes
        await asyncio.sleep(max(0.0, self._started_at + self._bits / self._bits_per_second - time.monotonic()))


def paced_receive(receive: Receive, bits_per_second: float) -> Receive:
    """Return `receive`, its request body slowed down."""
    pace = Pace(bits_per_second)

    async def slow() -> Message:
        message = await receive()
        if message["type"] == "http.request":
            await pace.spend(len(message.get("body", b"")))
        return message

    return slow


def paced_send(send: Send, bits_per_second: float) -> Send:
    """Return `send`, its response body slowed down and sliced, so that the pace is even."""
    pace = Pace(bits_per_second)

    async def slow(message: Message) -> None:
        body = message.get("body", b"")
        if message["type"] != "http.response.body" or not body:
            await send(message)
            return
        for start in range(0, len(body), _SLICE):
            piece = body[start : start + _SLICE]
            await pace.spend(len(piece))
            is_last = start + _SLICE >= len(body)
            await send({**message, "body": piece, "more_body": not is_last or message.get("more_body", False)})

    return slow


def flipping_send(send: Send, at_byte: int) -> Send:
    """Return `send` with the lowest bit of one byte of the response body turned."""
    offset = 0

    async def flip(message: Message) -> None:
        nonlocal offset
        body: bytes = message.get("body", b"")
        if offset <= at_byte < offset + len(body):
            turned = bytearray(body)
            turned[at_byte - offset] ^= 1
            message = {**message, "body": bytes(turned)}
        offset += len(body)
        await send(message)

    return flip


class Cut(Exception):
    """The connection is gone."""


def cutting_send(send: Send, scope: Scope, receive: Receive, at_byte: int) -> Send:
    """Return `send`, which breaks the connection after so many bytes of the body and then raises Cut."""
    sent = 0

    async def cut(message: Message) -> None:
        nonlocal sent
        body: bytes = message.get("body", b"")
        if at_byte == 0:
            await drop(scope, receive, flush=False)
            raise Cut
        if sent + len(body) < at_byte:
            sent += len(body)
            await send(message)
            return
        await send({**message, "body": body[: at_byte - sent], "more_body": True})
        await drop(scope, receive, flush=True)
        raise Cut

    return cut


async def drop(scope: Scope, receive: Receive, *, flush: bool) -> None:
    """Close the connection under the request; `flush` lets what was written go out first."""
    transport: Any = scope["state"].get(TRANSPORT_KEY)
    if transport is None:
        raise RuntimeError("this fault needs the server of sandbox.serving: nothing else hands over its connection")
    if flush:
        transport.close()
    else:
        transport.abort()
    while (await receive())["type"] != "http.disconnect":  # else the server takes the missing answer for a bug
        pass
