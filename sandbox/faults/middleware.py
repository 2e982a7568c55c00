"""ASGI middleware that lets faults strike the requests they match."""

import asyncio
from collections.abc import Sequence

from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sandbox.faults import control, wire
from sandbox.faults.log import Seen, begin, counted_receive, counted_send
from sandbox.faults.rules import OUTCOMES, Fault, Faults

CONTROL_PREFIX = "/_sandbox/"

_GATEWAY_PAGE = "<!DOCTYPE html><html><head><title>{0}</title></head><body><h1>{0}</h1><hr>gateway</body></html>"


class FaultMiddleware:
    """Puts `faults` in front of an app. Paths below /_sandbox/ are neither counted nor faulted."""

    def __init__(self, app: ASGIApp, faults: Faults) -> None:
        self._app = app
        self._faults = faults
        self._control = control.create_app(faults, fallback=app)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
        elif scope["path"].startswith(CONTROL_PREFIX):
            await self._control(scope, receive, send)
        else:
            seen = begin(scope)
            await self._serve(scope, counted_receive(receive, seen), counted_send(send, seen), seen)

    async def _serve(self, scope: Scope, receive: Receive, send: Send, seen: Seen) -> None:
        hits = self._faults.take(seen)
        for fault in hits:
            if fault.kind == "bandwidth":
                receive = wire.paced_receive(receive, fault.bits_per_second)
                send = wire.paced_send(send, fault.bits_per_second)
            elif fault.kind == "latency":
                await asyncio.sleep(fault.seconds)
            elif fault.kind == "hang" and fault.when == "before":
                await self._faults.hold(seen)
            elif fault.kind == "hang":
                send = self._held_send(send, seen)
        try:
            await self._answer(_outcome(hits), scope, receive, send)
        except wire.Cut:
            seen.status = None

    async def _answer(self, fault: Fault | None, scope: Scope, receive: Receive, send: Send) -> None:
        if fault is None:
            await self._app(scope, receive, send)
        elif fault.kind == "cut":
            await self._app(scope, receive, wire.cutting_send(send, scope, receive, fault.at_byte))
        elif fault.kind == "flip":
            await self._app(scope, receive, wire.flipping_send(send, fault.at_byte))
        elif fault.kind == "after":
            await self._app(scope, receive, _discard)
            await _response(fault)(scope, receive, send)
        else:
            await _drain(receive)
            await _response(fault)(scope, receive, send)

    def _held_send(self, send: Send, seen: Seen) -> Send:
        was_held = False

        async def held(message: Message) -> None:
            nonlocal was_held
            if not was_held:
                was_held = True
                await self._faults.hold(seen)
            await send(message)

        return held


def _outcome(hits: Sequence[Fault]) -> Fault | None:
    return next((fault for fault in hits if fault.kind in OUTCOMES), None)


def _response(fault: Fault) -> Response:
    headers = {"Retry-After": fault.retry_after} if fault.retry_after is not None else {}
    if fault.kind == "html":
        title = "Sign in" if fault.status < 400 else str(fault.status)
        return HTMLResponse(_GATEWAY_PAGE.format(title), fault.status, headers)
    if fault.body is None:
        return Response(status_code=fault.status, headers=headers)
    return JSONResponse(fault.body, fault.status, headers)


async def _discard(_: Message) -> None:
    """Take an answer that nobody is to see."""


async def _drain(receive: Receive) -> None:
    """Read the request body to its end: a client that is still sending would see a broken pipe, not the answer."""
    while True:
        message = await receive()
        if message["type"] == "http.disconnect" or not message.get("more_body", False):
            return
