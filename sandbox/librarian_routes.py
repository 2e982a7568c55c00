"""The librarian at a terminal: work in the twin's DAM over HTTP, below /_sandbox/librarian."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Annotated

from pydantic import Field, TypeAdapter
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.bodies import Body, read_body, refused
from sandbox.librarian import Librarian, NotThere
from sandbox.reviews import AnyRemark, Verdict

if TYPE_CHECKING:
    from sandbox.twin import Twin

_Endpoint = Callable[[Request], Awaitable[Response]]
_Name = Annotated[str, Field(min_length=1)]


class _Campaign(Body):
    number: _Name


class _Status(_Campaign):
    status: _Name


class _Review(_Campaign):
    asset: _Name
    status: Verdict
    approver: AnyRemark | None = None
    legal: AnyRemark | None = None
    iacc: AnyRemark | None = None


_CAMPAIGN, _STATUS, _REVIEW = TypeAdapter(_Campaign), TypeAdapter(_Status), TypeAdapter(_Review)


def routes(twin: "Twin") -> list[Route]:
    """What `Librarian` does."""
    librarian = Librarian(twin)

    async def set_status(request: Request) -> Response:
        wish = await read_body(request, _STATUS)
        librarian.set_status(wish.number, wish.status)
        return JSONResponse(wish.model_dump())

    async def show(request: Request) -> Response:
        if "number" not in request.query_params:
            raise ValueError("say of which campaign, as in ?number=C000000108")
        return JSONResponse([filed.to_json() for filed in librarian.assets(request.query_params["number"])])

    async def review(request: Request) -> Response:
        wish = await read_body(request, _REVIEW)
        remarks = {"approver": wish.approver, "legal": wish.legal, "iacc": wish.iacc}
        return JSONResponse(librarian.review(wish.number, wish.asset, wish.status, **remarks).to_json())

    async def approve_all(request: Request) -> Response:
        wish = await read_body(request, _CAMPAIGN)
        return JSONResponse([filed.to_json() for filed in librarian.approve_all(wish.number)])

    return [
        Route("/_sandbox/librarian/status", _refusing(set_status), methods=["POST"]),
        Route("/_sandbox/librarian/reviews", _refusing(show), methods=["GET"]),
        Route("/_sandbox/librarian/reviews", _refusing(review), methods=["POST"]),
        Route("/_sandbox/librarian/approvals", _refusing(approve_all), methods=["POST"]),
    ]


def _refusing(endpoint: _Endpoint) -> _Endpoint:
    async def answer(request: Request) -> Response:
        try:
            return await endpoint(request)
        except NotThere as error:
            return refused(str(error), 404)
        except ValueError as error:
            return refused(str(error))

    return answer
