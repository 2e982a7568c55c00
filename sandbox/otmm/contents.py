"""Downloads: masters and renditions, streamed; HTTP in and out."""

from collections.abc import AsyncIterator
from typing import NamedTuple
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response, StreamingResponse

from sandbox.blobs import Blob, GeneratedBlob
from sandbox.otmm.errors import invalid_request, no_content, not_found
from sandbox.otmm.models import OtmmState
from sandbox.otmm.nodes import Node, hex_id
from sandbox.otmm.represent import rendition_id

CHUNK = 256 * 1024
KINDS = ("master", "thumbnail", "preview")
RENDITION_BYTES = {"thumbnail": 4_096, "preview": 65_536}


class Rendition(NamedTuple):
    """Bytes to send, and what they are called."""

    id: str
    name: str
    mime_type: str
    blob: Blob


async def contents(request: Request) -> Response:
    """GET or HEAD /assets/{id}/contents."""
    state: OtmmState = request.app.state.otmm
    with state.lock:
        found = _rendition(
            state, state.tree.visible(request.path_params["id"]), request.query_params.get("rendition_type", "master")
        )
    return _deliver(request, state, found)


async def rendition(request: Request) -> Response:
    """GET or HEAD /renditions/{id}."""
    state: OtmmState = request.app.state.otmm
    return _deliver(request, state, await run_in_threadpool(_by_id, state, request.path_params["id"]))


async def content_store(request: Request) -> Response:
    """GET /content-store/{id}: a cloud store behind a redirect, which refuses a second kind of credentials."""
    wanted = request.path_params["id"]
    if "authorization" in request.headers:
        return PlainTextResponse("Only one authentication mechanism is allowed.", 400)
    if request.query_params.get("signature") != hex_id("signature", wanted):
        return PlainTextResponse("The signature does not match.", 403)
    state: OtmmState = request.app.state.otmm
    return _stream(request, await run_in_threadpool(_by_id, state, wanted), with_ranges=True)


def _rendition(state: OtmmState, node: Node, kind: str) -> Rendition:
    if kind not in KINDS:
        raise invalid_request(f"unknown rendition_type {kind}")
    if node.content is None:
        raise no_content(node.name, state.settings.no_content_status)
    if kind == "master":
        return Rendition(rendition_id(node, kind), node.name, node.content.mime_type, node.content.blob)
    picture = GeneratedBlob(f"{node.id}/{kind}", RENDITION_BYTES[kind], "png")
    return Rendition(rendition_id(node, kind), f"{kind}.png", "image/png", picture)


def _by_id(state: OtmmState, wanted: str) -> Rendition:
    with state.lock:
        for node in state.tree:
            for kind in KINDS if node.content is not None and not node.is_hidden else ():
                if rendition_id(node, kind) == wanted:
                    return _rendition(state, node, kind)
    raise not_found(wanted)


def _deliver(request: Request, state: OtmmState, found: Rendition) -> Response:
    if state.settings.redirect_downloads:
        other_name = "localhost" if request.url.hostname == "127.0.0.1" else "127.0.0.1"
        base = f"{request.url.scheme}://{other_name}:{request.url.port}"
        return RedirectResponse(f"{base}/content-store/{found.id}?signature={hex_id('signature', found.id)}", 302)
    return _stream(request, found, with_ranges=state.settings.range_supported)


def _stream(request: Request, found: Rendition, *, with_ranges: bool) -> Response:
    size = found.blob.size
    headers = {"Content-Type": found.mime_type}
    if request.query_params.get("disposition") == "attachment":
        headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(found.name)}"
    start, end, status = 0, size, 200
    if with_ranges:
        headers["Accept-Ranges"] = "bytes"
        asked = request.headers.get("range")
        if asked is not None and (span := _span(asked, size)) is not None:
            (start, end), status = span, 206
            if start >= end:
                return Response(status_code=416, headers={"Content-Range": f"bytes */{size}"})
            headers["Content-Range"] = f"bytes {start}-{end - 1}/{size}"
    headers["Content-Length"] = str(end - start)
    if request.method == "HEAD":
        return Response(status_code=status, headers=headers)
    return StreamingResponse(_chunks(found.blob, start, end), status, headers)


def _span(asked: str, size: int) -> tuple[int, int] | None:
    """The bytes asked for as a half-open span, empty when they lie beyond the end; None to ignore the header."""
    unit, _, span = asked.partition("=")
    first, dash, last = span.strip().partition("-")
    if unit != "bytes" or not dash or not (first + last).isdecimal():
        return None
    if not first:
        return max(size - int(last), 0), size
    return int(first), min(int(last) + 1, size) if last else size


async def _chunks(blob: Blob, start: int, end: int) -> AsyncIterator[bytes]:
    while start < end:
        chunk = await run_in_threadpool(blob.read, start, min(CHUNK, end - start))
        if not chunk:
            return
        start += len(chunk)
        yield chunk
