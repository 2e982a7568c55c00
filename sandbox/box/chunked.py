"""Upload sessions of the simulated Box over HTTP; every later address comes out of the answer that opens one."""

import asyncio
import base64
import binascii
from typing import Any

from starlette.responses import JSONResponse, Response

from sandbox.box import errors
from sandbox.box.content import Content, discard
from sandbox.box.http import Call, size_in
from sandbox.box.items import File
from sandbox.box.names import accepted
from sandbox.box.responses import files_answer
from sandbox.box.sessions import UploadSession

_MAX_PARTS_LISTED = 1000
_SCHEME = "sha="


async def open_session(call: Call) -> Response:
    """POST /files/upload_sessions."""
    data, state = await call.json(), call.state
    folder_id, size = str(data.get("folder_id", "")), size_in(data, "file_size")
    name = state.tree.check_upload(folder_id, str(data.get("file_name", "")), size)
    session = state.sessions.open(call.user_id, name, size, folder_id=folder_id)
    call.wrote()
    return JSONResponse(_session_json(call, session), 201)


async def open_version_session(call: Call) -> Response:
    """POST /files/{id}/upload_sessions."""
    data, state = await call.json(), call.state
    file, size = state.file(call.id("file_id")), size_in(data, "file_size")
    name = accepted(str(data.get("file_name") or file.name), state.settings)
    state.tree.check_free(file.parent_id, name, except_id=file.id)
    state.tree.check_room(size)
    session = state.sessions.open(call.user_id, name, size, file_id=file.id)
    call.wrote()
    return JSONResponse(_session_json(call, session), 201)


async def show_session(call: Call) -> Response:
    """GET the session."""
    return JSONResponse(_session_json(call, _session(call)))


async def put_part(call: Call) -> Response:
    """PUT a part."""
    state, session = call.state, _session(call)
    offset, length = session.check_range(call.header("content-range") or "")
    state.sessions.check_new(session, offset)
    expected = _digest(call)
    content = await _taken_in(call)
    try:
        if content.size != length:
            raise errors.part_range_wrong(f"{content.size} bytes came for a range of {length}")
        if content.sha1 != expected:
            raise errors.bad_digest(state.settings.digest_mismatch_status)
        part = state.sessions.add_part(session, offset, content).to_json()
    except errors.BoxError:
        discard(content)
        raise
    call.wrote()
    return JSONResponse({"part": part} if state.settings.part_wrapped else part)


async def list_parts(call: Call) -> Response:
    """GET the parts that are stored, by offset and limit."""
    parts = call.state.sessions.listed(_session(call))
    offset = call.number("offset", 0, 10**9)
    limit = call.number("limit", _MAX_PARTS_LISTED, _MAX_PARTS_LISTED)
    entries = [part.to_json() for part in parts[offset : offset + limit]]
    return JSONResponse({"entries": entries, "offset": offset, "limit": limit, "total_count": len(parts)})


async def commit(call: Call) -> Response:
    """POST the commit; by switch it has to be repeated."""
    data, session, settings = await call.json(), _session(call), call.state.settings
    session.commits += 1
    if session.commits <= settings.commit_mismatches:
        raise errors.parts_mismatch()
    is_early = session.commits <= settings.commit_mismatches + settings.commit_waits
    if not is_early or settings.commit_stores_at_once:
        await _store(call, session, data)
    if is_early or session.stored is None:
        retry_after = settings.commit_retry_after
        return Response(status_code=202, headers={} if retry_after is None else {"Retry-After": retry_after})
    call.state.sessions.close(session)
    return files_answer(call, session.stored, 201)


async def plan(call: Call) -> Response:
    """POST which parts are to come; this Box knows none of them from elsewhere."""
    session, data = _session(call), await call.json()
    return JSONResponse({"upload_session_id": session.id, "hits": [], "misses": data.get("parts") or []})


async def abort(call: Call) -> Response:
    """DELETE the session."""
    call.state.sessions.abort(call.id("session_id"), call.user_id)
    call.wrote()
    return Response(status_code=204)


async def _taken_in(call: Call) -> Content:
    spool = call.state.spool()
    try:
        async for data in call.request.stream():
            await spool.write(data)
        return await spool.finish()
    except BaseException:  # the client's leaving too
        spool.discard()
        raise


async def _store(call: Call, session: UploadSession, data: dict[str, Any]) -> None:
    if session.stored is not None:
        return
    state = call.state
    folder_id = session.folder_id or state.file(session.file_id or "").parent_id
    with state.tree.reserved(folder_id, session.name):
        named = [part for part in data.get("parts") or [] if isinstance(part, dict)]
        given = data.get("attributes")
        content = await asyncio.to_thread(state.sessions.content, session, named, _digest(call))
        attributes = {**(given if isinstance(given, dict) else {}), "name": session.name}
        file: File
        if session.file_id is None:
            file = state.tree.add_file(folder_id, session.name, content, call.user_id, attributes)
        else:
            file = state.tree.add_version(session.file_id, content, attributes, call.header("if-match"))
        session.stored = file
    call.wrote()
    state.uploaded(file, call.user_id)


def _session(call: Call) -> UploadSession:
    return call.state.sessions.get(call.id("session_id"), call.user_id)


def _digest(call: Call) -> str:
    """Return the SHA-1 of the digest header in hex."""
    text = call.header("digest") or ""
    if not text.lower().startswith(_SCHEME):
        raise errors.bad_request("The digest header must be sha= and a SHA-1 in base64", "digest")
    try:
        return base64.b64decode(text[len(_SCHEME) :], validate=True).hex()
    except binascii.Error as error:
        raise errors.bad_request("The digest header is not base64", "digest") from error


def _session_json(call: Call, session: UploadSession) -> dict[str, Any]:
    # Another path than the one that opened the session: the real one moves to another host.
    url = f"{call.base_url}/fupload/2.0/files/upload_sessions/{session.id}"
    return {
        "id": session.id,
        "type": "upload_session",
        "session_expires_at": session.expires_at.isoformat(timespec="seconds"),
        "part_size": session.part_size,
        "total_parts": session.total_parts,
        "num_parts_processed": len(session.parts),
        "session_endpoints": {
            "list_parts": f"{url}/parts",
            "commit": f"{url}/commit",
            "log_event": f"{url}/log",
            "upload_part": url,
            "status": url,
            "abort": url,
            "plan": f"{url}/plan",
        },
    }
