"""The agency at a terminal: drops into the twin's Box over HTTP, below /_sandbox/drops."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field, TypeAdapter
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.bodies import Body, read_body, refused
from sandbox.box.errors import BoxError
from sandbox.box.items import File
from sandbox.drops import MISNAMED, SIZE, TEMPLATE, VIDEO, Damage, Drops

if TYPE_CHECKING:
    from sandbox.twin import Twin

_Endpoint = Callable[[Request], Awaitable[Response]]
_Name = Annotated[str, Field(min_length=1)]


class _Drop(Body):
    below: tuple[str, ...] = ()


class _Whole(_Drop):
    kind: Literal["whole"]
    tracking_id: _Name
    name: _Name = VIDEO
    size: int = Field(default=SIZE, ge=0)
    seed: str = ""
    metadata: dict[str, int | float | str | list[str]] | None = None
    template: _Name = TEMPLATE

    def hand_in(self, drops: Drops) -> File:
        return drops.whole(
            self.tracking_id,
            self.name,
            size=self.size,
            seed=self.seed,
            below=self.below,
            metadata=self.metadata,
            template=self.template,
        )


class _Damaged(_Drop):
    kind: Literal["damaged"]
    tracking_id: _Name
    name: _Name = VIDEO
    how: Damage = "cut"

    def hand_in(self, drops: Drops) -> File:
        return drops.damaged(self.tracking_id, self.name, how=self.how, below=self.below)


class _Misnamed(_Drop):
    kind: Literal["misnamed"]
    tracking_id: _Name
    name: _Name = MISNAMED

    def hand_in(self, drops: Drops) -> File:
        return drops.misnamed(self.tracking_id, self.name, below=self.below)


class _Unknown(_Drop):
    kind: Literal["unknown"]
    name: _Name = VIDEO

    def hand_in(self, drops: Drops) -> File:
        return drops.unknown(self.name, below=self.below)


class _NewName(Body):
    name: _Name


_AnyDrop = _Whole | _Damaged | _Misnamed | _Unknown
_DROP: TypeAdapter[_AnyDrop] = TypeAdapter(Annotated[_AnyDrop, Field(discriminator="kind")])
_NEW_NAME = TypeAdapter(_NewName)


def routes(twin: "Twin") -> list[Route]:
    """What `Drops` does."""
    drops = Drops(twin)

    def shown(file: File, status: int = 200) -> Response:
        path = "/".join([*(folder.name for folder in twin.box.tree.ancestors(file)[1:]), file.name])
        return JSONResponse({"id": file.id, "name": file.name, "path": path}, status)

    async def hand_in(request: Request) -> Response:
        drop = await read_body(request, _DROP)
        return shown(await run_in_threadpool(drop.hand_in, drops), 201)

    async def rename(request: Request) -> Response:
        wish = await read_body(request, _NEW_NAME)
        return shown(drops.rename(request.path_params["file_id"], wish.name))

    async def remove(request: Request) -> Response:
        drops.remove(request.path_params["file_id"])
        return Response(status_code=204)

    return [
        Route("/_sandbox/drops", _refusing(hand_in), methods=["POST"]),
        Route("/_sandbox/drops/{file_id}", _refusing(rename), methods=["PATCH"]),
        Route("/_sandbox/drops/{file_id}", _refusing(remove), methods=["DELETE"]),
    ]


def _refusing(endpoint: _Endpoint) -> _Endpoint:
    async def answer(request: Request) -> Response:
        try:
            return await endpoint(request)
        except BoxError as error:
            return refused(f"{error.code}: {error.message}", error.status)
        except ValueError as error:
            return refused(str(error))

    return answer
