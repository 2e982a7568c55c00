"""Control API of the simulated DAM below /_sandbox/, outside of what is counted and faulted."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.otmm.models import OtmmState


def routes(state: OtmmState) -> list[Route]:
    """What the DAM holds, and pushes to what would take its time."""

    async def show_state(_: Request) -> Response:
        return JSONResponse(state.summary())

    async def expire_tokens(_: Request) -> Response:
        state.expire_tokens()
        return Response(status_code=204)

    async def finish_imports(_: Request) -> Response:
        state.finish_imports()
        return Response(status_code=204)

    async def reindex(_: Request) -> Response:
        state.reindex()
        return Response(status_code=204)

    return [
        Route("/_sandbox/state", show_state, methods=["GET"]),
        Route("/_sandbox/expire-tokens", expire_tokens, methods=["POST"]),
        Route("/_sandbox/finish-imports", finish_imports, methods=["POST"]),
        Route("/_sandbox/reindex", reindex, methods=["POST"]),
    ]
