"""Outsiders at a terminal: files handed in, renamed and removed over HTTP."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Annotated, Protocol, TypeVar

from pydantic import Field, TypeAdapter
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.bodies import Body, read_body, refused
from sandbox.box.errors import BoxError
from sandbox.box.items import File
from sandbox.extras import NotInstalled
from sandbox.outsider import Outsider

if TYPE_CHECKING:
    from sandbox.twin import Twin

_Endpoint = Callable[[Request], Awaitable[Response]]
Name = Annotated[str, Field(min_length=1)]
_Person = TypeVar("_Person", bound=Outsider)
_Hands_contra = TypeVar("_Hands_contra", bound=Outsider, contravariant=True)


class Wish(Protocol[_Hands_contra]):
    """The body of a hand-in."""

    def hand_in(self, person: _Hands_contra, /) -> File:
        """Let the person hand it in."""


class _NewName(Body):
    name: Name


_NEW_NAME = TypeAdapter(_NewName)


def routes(twin: "Twin", prefix: str, person: _Person, wishes: TypeAdapter[Wish[_Person]]) -> list[Route]:
    """What a person does with the bodies that `wishes` reads, below `prefix`."""

    def shown(file: File, status: int = 200) -> Response:
        path = "/".join([*(folder.name for folder in twin.box.tree.ancestors(file)[1:]), file.name])
        return JSONResponse({"id": file.id, "name": file.name, "path": path}, status)

    async def hand_in(request: Request) -> Response:
        wish = await read_body(request, wishes)
        return shown(await run_in_threadpool(wish.hand_in, person), 201)

    async def rename(request: Request) -> Response:
        wish = await read_body(request, _NEW_NAME)
        return shown(person.rename(request.path_params["file_id"], wish.name))

    async def remove(request: Request) -> Response:
        person.remove(request.path_params["file_id"])
        return Response(status_code=204)

    return [
        Route(prefix, _refusing(hand_in), methods=["POST"]),
        Route(f"{prefix}/{{file_id}}", _refusing(rename), methods=["PATCH"]),
        Route(f"{prefix}/{{file_id}}", _refusing(remove), methods=["DELETE"]),
    ]


def _refusing(endpoint: _Endpoint) -> _Endpoint:
    async def answer(request: Request) -> Response:
        try:
            return await endpoint(request)
        except BoxError as error:
            return refused(f"{error.code}: {error.message}", error.status)
        except ValueError as error:
            return refused(str(error))
        except NotInstalled as error:
            return refused(str(error), 500)

    return answer
