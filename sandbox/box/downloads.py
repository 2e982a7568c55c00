"""Downloads from the simulated Box: a redirect by the API, the bytes from another host."""

import re

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from sandbox.box import errors
from sandbox.box.content import blocks
from sandbox.box.http import Call
from sandbox.box.models import BoxState

_RANGE = re.compile(r"bytes=(\d+)-(\d*)")


async def redirect(call: Call) -> Response:
    """GET /files/{id}/content: 302 to an address that works for some minutes; by switch 202 at first."""
    state, file = call.state, call.state.file(call.id("file_id"))
    file.downloads += 1
    if file.downloads <= state.settings.download_waits:
        retry_after = state.settings.download_retry_after
        return Response(status_code=202, headers={} if retry_after is None else {"Retry-After": retry_after})
    wanted = call.query("version")
    found = [version for version in file.versions if wanted in {None, version.id}]
    if not found:
        raise errors.not_found("file_version", str(wanted))
    ticket = state.tickets.issue(found[-1].content)
    return Response(status_code=302, headers={"Location": f"{state.urls.download or call.base_url}/d/{ticket}"})


async def send_content(state: BoxState, request: Request) -> Response:
    """GET of such an address; no token is asked for."""
    content = state.tickets.content(str(request.path_params["ticket"]))
    if content is None:
        return Response("This download link has expired.", 403)
    wanted = request.headers.get("range") if state.settings.range_supported else None
    start, end = _span(wanted, content.size)
    if start >= content.size > 0:
        return Response(status_code=416, headers={"Content-Range": f"bytes */{content.size}"})
    is_part = wanted is not None and _RANGE.fullmatch(wanted) is not None
    partial = {"Content-Range": f"bytes {start}-{end - 1}/{content.size}"} if is_part else {}
    end = max(start, end - state.settings.short_by_bytes)
    headers = {"Content-Length": str(end - start), "Accept-Ranges": "bytes", **partial}
    status = 206 if is_part else 200
    return StreamingResponse(blocks(content, start, end), status, headers, "application/octet-stream")


def _span(wanted: str | None, size: int) -> tuple[int, int]:
    """Return first byte and the one after the last; a Range that cannot be read is ignored."""
    match = _RANGE.fullmatch(wanted or "")
    if match is None:
        return 0, size
    last = int(match[2]) if match[2] else size - 1
    return int(match[1]), min(last + 1, size)
