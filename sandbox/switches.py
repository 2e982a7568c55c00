"""The switches of a simulator, changed while it runs: from code, from text such as `name=value`, over HTTP."""

import json
from collections.abc import Mapping
from dataclasses import asdict, fields
from typing import Any

from pydantic import TypeAdapter, ValidationError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from sandbox.bodies import reasons, refused


def change(settings: Any, changes: Mapping[str, Any]) -> None:
    """Set fields of a settings dataclass in place. Raises ValueError, and changes nothing, when one is wrong."""
    known = {item.name for item in fields(settings)}
    if unknown := sorted(set(changes) - known):
        raise ValueError(f"no such switch: {', '.join(unknown)}; there are: {', '.join(sorted(known))}")
    try:
        changed = TypeAdapter(type(settings)).validate_python({**asdict(settings), **changes})
    except ValidationError as error:
        raise ValueError(reasons(error)) from None
    for name in changes:
        setattr(settings, name, getattr(changed, name))


def parse(text: str) -> tuple[str, Any]:
    """Return name and value of a switch written as `name=value`, the value JSON or plain text.

    >>> parse("token_ttl_s=60"), parse("end_marker=null"), parse("jobs_shape=absent")
    (('token_ttl_s', 60), ('end_marker', None), ('jobs_shape', 'absent'))
    """
    name, found, value = text.partition("=")
    if not found or not name.strip():
        raise ValueError(f"{text!r} is no switch; write name=value")
    try:
        return name.strip(), json.loads(value)
    except ValueError:
        return name.strip(), value


def with_switches(app: ASGIApp, settings: Any) -> ASGIApp:
    """Return `app` with GET and PATCH /_sandbox/settings in front of it."""

    async def show(_: Request) -> Response:
        return JSONResponse(TypeAdapter(type(settings)).dump_python(settings, mode="json"))

    async def patch(request: Request) -> Response:
        try:
            change(settings, json.loads(await request.body()))
        except (ValueError, TypeError) as error:
            return refused(str(error))
        return await show(request)

    panel = Starlette(
        routes=[
            Route("/_sandbox/settings", show, methods=["GET"]),
            Route("/_sandbox/settings", patch, methods=["PATCH", "PUT"]),
        ]
    )

    async def choose(scope: Scope, receive: Receive, send: Send) -> None:
        is_panel = scope["type"] == "http" and scope["path"] == "/_sandbox/settings"
        await (panel if is_panel else app)(scope, receive, send)

    return choose
