"""HTTP of LlamaCloud, its page, and the control of its results."""

import json
from pathlib import PurePosixPath
from typing import Any

from pydantic import TypeAdapter
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox.bodies import Body, read_body, refused
from sandbox.extras import NotInstalled
from sandbox.faults import mark_write
from sandbox.llamacloud import errors, shapes
from sandbox.llamacloud.errors import LlamaCloudError
from sandbox.llamacloud.jobs import Job
from sandbox.llamacloud.models import LlamaCloudState
from sandbox.llamacloud.results import Status
from sandbox.pages import preformatted, table_page


class _Script(Body):
    file_name: str
    data: dict[str, Any] | list[dict[str, Any]] | None = None
    error: str | None = None
    status: Status | None = None


_SCRIPT = TypeAdapter(_Script)


class LlamaCloudResponses:
    """The answers, over one state."""

    def __init__(self, state: LlamaCloudState) -> None:
        self._state = state

    async def agent_by_name(self, request: Request) -> Response:
        """Return an agent."""
        name = request.path_params["name"]
        return JSONResponse(shapes.agent(name, self._state.agent_id(name)))

    async def agent(self, request: Request) -> Response:
        """Return an agent."""
        agent_id = request.path_params["agent_id"]
        return JSONResponse(shapes.agent(self._state.agent_name(agent_id), agent_id))

    async def upload(self, request: Request) -> Response:
        """Take a file."""
        async with request.form() as form:
            upload = form.get("upload_file")
            if not isinstance(upload, UploadFile):
                raise errors.missing("body", "upload_file")
            name, content = PurePosixPath(upload.filename or "file").name, await upload.read()
        stored = self._state.add_file(name, content, request.query_params.get("external_file_id"))
        mark_write(request)
        return JSONResponse(shapes.file(stored))

    async def file(self, request: Request) -> Response:
        """Return what is known of a file."""
        return JSONResponse(shapes.file(self._state.file(request.path_params["file_id"])))

    async def create_job(self, request: Request) -> Response:
        """Begin an extraction."""
        body = await _json(request)
        if lacking := [name for name in ("extraction_agent_id", "file_id") if not isinstance(body.get(name), str)]:
            raise errors.missing("body", *lacking)
        ids = body.pop("extraction_agent_id"), body.pop("file_id")
        try:
            job = await run_in_threadpool(self._state.add_job, *ids, body)
        except NotInstalled as error:
            raise LlamaCloudError(500, str(error)) from error
        mark_write(request)
        return self._shown(job)

    async def job(self, request: Request) -> Response:
        """Return a job, which moves on by being asked after."""
        return self._shown(self._state.poll(request.path_params["job_id"]))

    async def run_by_job(self, request: Request) -> Response:
        """Return what a job found."""
        job = self._state.job(request.path_params["job_id"])
        return JSONResponse(shapes.run(job, self._state.agent_id(job.agent)))

    async def index(self, _: Request) -> Response:
        """List the jobs, newest first."""
        columns = ("#", "created", "file", "agent", "status", "polls", "result")
        rows = [_row(job) for job in reversed(self._state.jobs)]
        return table_page("Extractions", columns, rows, empty="No extraction yet.")

    async def state(self, _: Request) -> Response:
        """Return every job as JSON."""
        return JSONResponse([job.to_json() for job in self._state.jobs])

    async def scripts(self, _: Request) -> Response:
        """Return the scripted results by file name."""
        return JSONResponse({name: result.to_json() for name, result in self._state.scripts.items()})

    async def script(self, request: Request) -> Response:
        """Script a result."""
        try:
            wish = await read_body(request, _SCRIPT)
            result = self._state.script(wish.file_name, data=wish.data, error=wish.error, status=wish.status)
        except ValueError as error:
            return refused(str(error))
        return JSONResponse({"file_name": wish.file_name, **result.to_json()}, 201)

    async def forget_scripts(self, _: Request) -> Response:
        """Remove the scripted results."""
        self._state.forget_scripts()
        return Response(status_code=204)

    def _shown(self, job: Job) -> Response:
        return JSONResponse(shapes.job(job, self._state.agent_id(job.agent)))


async def _json(request: Request) -> dict[str, Any]:
    try:
        body = json.loads(await request.body())
    except ValueError:
        raise errors.not_json() from None
    if not isinstance(body, dict):
        raise errors.not_json()
    return body


def _row(job: Job) -> tuple[str, ...]:
    result = job.result
    found = "" if result.data is None else json.dumps(result.data, indent=2, ensure_ascii=False)
    return (
        str(job.number),
        job.created_at.strftime("%Y-%m-%d %H:%M:%S UTC"),
        job.file_name,
        job.agent,
        result.status,
        str(job.polls),
        preformatted("\n".join(filter(None, (result.error, found)))),
    )
