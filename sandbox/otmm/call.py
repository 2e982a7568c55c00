"""One request to the simulated REST API, read the way OTMM reads it."""

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox.faults import mark_write
from sandbox.otmm.errors import invalid_request
from sandbox.otmm.models import OtmmState
from sandbox.otmm.nodes import Node

Json = dict[str, Any]
Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Page:
    """A slice of a list. A limit of 0 is the whole list."""

    after: int
    limit: int

    def cut(self, items: list[Item]) -> list[Item]:
        """The items of this page."""
        return items[self.after :] if self.limit <= 0 else items[self.after : self.after + self.limit]


@dataclass(frozen=True, slots=True)
class Call:
    """A request with query and form merged (the form wins), and its JSON body where it has one."""

    request: Request
    state: OtmmState
    user: str
    params: dict[str, str]
    body: Any

    def path(self, name: str) -> str:
        """A part of the path, decoded."""
        return str(self.request.path_params[name])

    def json_param(self, name: str, *wrappers: str) -> Json:
        """A parameter that is JSON in a string, taken out of its wrappers; {} when it is absent."""
        found: Any = _loads(self.params[name]) if name in self.params else {}
        for wrapper in wrappers if found else ():
            if not isinstance(found, dict) or wrapper not in found:
                raise invalid_request(f"{name}: {wrapper} is missing")
            found = found[wrapper]
        if not isinstance(found, dict):
            raise invalid_request(f"{name}: not an object")
        return found

    def body_at(self, *keys: str) -> Any:
        """What the JSON body holds below the keys. Raises the business error when it is not there."""
        found = self.body
        for key in keys:
            if not isinstance(found, dict) or key not in found:
                raise invalid_request(f"the body has no {'.'.join(keys)}")
            found = found[key]
        return found

    @property
    def page(self) -> Page:
        """The page asked for."""
        settings = self.state.settings
        try:
            after, limit = int(self.params.get("after", 0)), int(self.params.get("limit", settings.default_limit))
        except ValueError:
            raise invalid_request("after and limit are numbers") from None
        return Page(max(after, 0), min(limit, settings.max_limit))

    def sorted(self, nodes: list[Node], key: Callable[[Node, str], str]) -> list[Node]:
        """The nodes by `sort` (asc_X or desc_X); in the given order without it."""
        direction, _, field_id = self.params.get("sort", "").partition("_")
        if not field_id:
            return nodes
        return sorted(nodes, key=lambda node: key(node, field_id).casefold(), reverse=direction == "desc")

    def wrote(self) -> None:
        """Note that this request changed the DAM."""
        mark_write(self.request)

    def answer(self, body: Json, status: int = 200) -> Response:
        """A JSON answer."""
        return JSONResponse(_thin(body) if self.state.settings.single_element_as_object else body, status)


async def read_call(request: Request) -> Call:
    """Read query, form and body."""
    params, body = dict(request.query_params), None
    content_type = request.headers.get("content-type", "")
    if content_type.startswith("application/json"):
        body = _loads((await request.body()).decode("utf-8", "replace"))
    elif content_type.startswith(("application/x-www-form-urlencoded", "multipart/form-data")):
        params |= {key: value for key, value in (await request.form()).items() if isinstance(value, str)}
    return Call(request, request.app.state.otmm, getattr(request.state, "otmm_user", ""), params, body)


def endpoint(work: Callable[[Call], Response]) -> Callable[[Request], Awaitable[Response]]:
    """Make an endpoint of plain work, which runs in a thread: a checksum of a large blob must not stop the server."""

    async def respond(request: Request) -> Response:
        return await run_in_threadpool(work, await read_call(request))

    return respond


def as_list(found: Any) -> list[Any]:
    """A list, of one element where a client sends the bare element."""
    return found if isinstance(found, list) else [] if found is None else [found]


def _loads(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        raise invalid_request("a parameter or body is not JSON") from None


def _thin(found: Any) -> Any:
    """Every list of one element as the bare element, as some JSON writers of Java do it."""
    if isinstance(found, dict):
        return {key: _thin(value) for key, value in found.items()}
    if isinstance(found, list):
        return _thin(found[0]) if len(found) == 1 else [_thin(item) for item in found]
    return found
