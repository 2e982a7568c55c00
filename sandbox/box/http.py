"""What every endpoint of the simulated Box shares: who asks, how often, and how a refusal is answered."""

import json
import uuid
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.types import Message, Receive, Scope, Send

from sandbox.box.errors import BoxError, bad_request, insufficient_scope
from sandbox.box.models import BoxState
from sandbox.faults import mark_write


@dataclass(frozen=True, slots=True)
class Call:
    """One request to the simulated Box by one of its users."""

    request: Request
    state: BoxState
    user_id: str

    def id(self, name: str) -> str:
        """Return an id out of the path."""
        return str(self.request.path_params[name])

    def query(self, name: str) -> str | None:
        """Return a parameter of the query, or None."""
        return self.request.query_params.get(name)

    def flag(self, name: str) -> bool:
        """Return a boolean of the query, which comes as true or True."""
        return (self.query(name) or "").lower() == "true"

    def number(self, name: str, default: int, maximum: int) -> int:
        """Return a number of the query; 400 when it is none or too large."""
        text = self.query(name)
        if text is None:
            return default
        if not text.isdecimal() or int(text) > maximum:
            raise BoxError(400, f"invalid_{name}", f"Invalid value '{text}' for {name}; the maximum is {maximum}")
        return int(text)

    def header(self, name: str) -> str | None:
        """Return a header, or None."""
        return self.request.headers.get(name)

    @property
    def base_url(self) -> str:
        """The address of this Box, as its answers name it."""
        return self.state.urls.api or str(self.request.base_url).rstrip("/")

    async def json(self) -> dict[str, Any]:
        """Return the body, which must be a JSON object."""
        data = await self.json_value()
        if not isinstance(data, dict):
            raise bad_request("The body must be a JSON object")
        return data

    async def json_value(self) -> Any:
        """Return the body, which must be JSON."""
        try:
            return json.loads(await self.request.body() or b"{}")
        except ValueError as error:
            raise bad_request("The body is not JSON") from error

    def wrote(self) -> None:
        """Note that the request has changed the state."""
        mark_write(self.request)


Handler = Callable[[Call], Awaitable[Response]]


class Endpoint:
    """Lets a user in, asks the limiter, runs a handler, answers its refusals in Box's words."""

    def __init__(self, state: BoxState, handler: Handler, *, needs: str = "root_readwrite", upload: str = "") -> None:
        self._state = state
        self._handler = handler
        self._needs = needs
        self._upload = upload or None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        body = _Body(receive, self._count)
        request = Request(scope, body.receive)
        try:
            response = await self._handler(self._admit(request))
        except BoxError as error:
            await body.drain()
            response = refusal(error)
        except ClientDisconnect:
            return
        await response(scope, receive, send)

    def _count(self, size: int) -> None:
        if self._upload is not None:
            self._state.count_received(self._upload, size)

    def _admit(self, request: Request) -> Call:
        user_id = self._state.tokens.user_of(request.headers.get("authorization", ""))
        user_id = self._acting_as(user_id, request.headers.get("as-user"))
        self._state.limiter.take(user_id, is_upload=self._is_upload())
        if self._needs not in self._state.scopes:
            raise insufficient_scope()
        return Call(request, self._state, user_id)

    def _acting_as(self, user_id: str, other_id: str | None) -> str:
        if other_id is None:
            return user_id
        if other_id not in self._state.users or other_id == self._state.app.service_user_id:
            raise BoxError(403, "access_denied_insufficient_permissions", "The As-User header names no managed user")
        return other_id

    def _is_upload(self) -> bool:
        return self._upload is not None and (self._upload != "part" or self._state.settings.parts_count_as_uploads)


class _Body:
    """A request body that knows whether it has been read to its end, and has its bytes counted."""

    def __init__(self, receive: Receive, count: Callable[[int], None]) -> None:
        self._receive = receive
        self._count = count
        self._is_over = False

    async def receive(self) -> Message:
        message = await self._receive()
        self._count(len(message.get("body", b"")))
        self._is_over = message["type"] == "http.disconnect" or not message.get("more_body", False)
        return message

    async def drain(self) -> None:
        """Read on to the end: a client that is still sending would see a broken pipe, not the answer."""
        while not self._is_over:
            await self.receive()


def refusal(error: BoxError) -> Response:
    """Return the answer that tells of `error`."""
    body = error.body(uuid.uuid4().hex[:16])
    if body is None:
        return Response(status_code=error.status, headers=error.headers)
    return JSONResponse(body, error.status, error.headers)


def parent_in(data: Mapping[str, Any]) -> str:
    """Return the id of the parent that a body names."""
    parent = data.get("parent")
    if not isinstance(parent, dict) or not parent.get("id"):
        raise bad_request("parent must name a folder", "parent")
    return str(parent["id"])


def name_in(data: Mapping[str, Any]) -> str:
    """Return the name that a body gives."""
    return str(data.get("name") or "")


def size_in(data: Mapping[str, Any], field: str) -> int:
    """Return the number of bytes that a body gives."""
    size = data.get(field)
    if not isinstance(size, int | float) or size < 0:
        raise bad_request(f"{field} must be a number of bytes", field)
    return int(size)
