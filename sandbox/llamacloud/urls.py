"""Paths of LlamaCloud, as `llama_cloud` 0.1 asks for them, and those of the sandbox."""

from collections.abc import Awaitable, Callable
from typing import cast

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.llamacloud import errors
from sandbox.llamacloud.errors import LlamaCloudError
from sandbox.llamacloud.models import LlamaCloudState
from sandbox.llamacloud.responses import LlamaCloudResponses

_Endpoint = Callable[[Request], Awaitable[Response]]
_EXTRACTION = "/api/v1/extraction"


def create_app(state: LlamaCloudState) -> Starlette:
    """Return the app, without its faults."""
    answer = LlamaCloudResponses(state)

    def keyed(path: str, endpoint: _Endpoint, method: str = "GET") -> Route:
        return Route(path, _for_key_holders(state, endpoint), methods=[method])

    return Starlette(
        routes=[
            keyed(f"{_EXTRACTION}/extraction-agents/by-name/{{name}}", answer.agent_by_name),
            keyed(f"{_EXTRACTION}/extraction-agents/{{agent_id}}", answer.agent),
            keyed("/api/v1/files", answer.upload, "POST"),
            keyed("/api/v1/files/{file_id}", answer.file),
            keyed(f"{_EXTRACTION}/jobs", answer.create_job, "POST"),
            keyed(f"{_EXTRACTION}/jobs/{{job_id}}", answer.job),
            keyed(f"{_EXTRACTION}/runs/by-job/{{job_id}}", answer.run_by_job),
            Route("/", answer.index, methods=["GET"]),
            Route("/_sandbox/state", answer.state, methods=["GET"]),
            Route("/_sandbox/results", answer.scripts, methods=["GET"]),
            Route("/_sandbox/results", answer.script, methods=["POST"]),
            Route("/_sandbox/results", answer.forget_scripts, methods=["DELETE"]),
        ],
        exception_handlers={HTTPException: _unknown},
    )


def _for_key_holders(state: LlamaCloudState, endpoint: _Endpoint) -> _Endpoint:
    async def guarded(request: Request) -> Response:
        try:
            if not state.is_key(request.headers.get("authorization", "")):
                raise errors.unauthorized()
            return await endpoint(request)
        except LlamaCloudError as error:
            return JSONResponse({"detail": error.detail}, error.status)

    return guarded


async def _unknown(_: Request, error: Exception) -> Response:
    refusal = cast(HTTPException, error)
    return JSONResponse({"detail": refusal.detail}, refusal.status_code)
