"""Direct uploads to the simulated Box: preflight, new file, new version."""

from collections.abc import Callable
from contextlib import ExitStack

from starlette.responses import JSONResponse, Response

from sandbox.box import errors
from sandbox.box.content import Content, discard
from sandbox.box.http import Call, name_in, parent_in, size_in
from sandbox.box.items import File
from sandbox.box.multipart import Attributes, read_upload
from sandbox.box.responses import files_answer


async def preflight(call: Call) -> Response:
    """OPTIONS /files/content."""
    data = await call.json()
    call.state.tree.check_upload(parent_in(data), name_in(data), size_in(data, "size"))
    return _upload_url(call, "files/content")


async def preflight_version(call: Call) -> Response:
    """OPTIONS /files/{id}/content."""
    data, file = await call.json(), call.state.file(call.id("file_id"))
    call.state.tree.check_free(file.parent_id, str(data.get("name") or file.name), except_id=file.id)
    call.state.tree.check_room(size_in(data, "size"))
    return _upload_url(call, f"files/{file.id}/content")


async def upload(call: Call) -> Response:
    """POST /files/content."""
    tree = call.state.tree
    with ExitStack() as held:

        def check(attributes: Attributes) -> None:
            name = tree.check_upload(parent_in(attributes), name_in(attributes), None)
            held.enter_context(tree.reserved(parent_in(attributes), name))

        attributes, content = await _taken_in(call, check)
        place = (parent_in(attributes), name_in(attributes))
        file = stored(content, lambda: tree.add_file(*place, content, call.user_id, attributes))
    call.wrote()
    return files_answer(call, call.state.uploaded(file, call.user_id), 201)


async def upload_version(call: Call) -> Response:
    """POST /files/{id}/content."""
    tree, if_match = call.state.tree, call.header("if-match")

    def check(_: Attributes) -> None:
        tree.check_version(call.id("file_id"), if_match)

    attributes, content = await _taken_in(call, check)
    file = stored(content, lambda: tree.add_version(call.id("file_id"), content, attributes, if_match))
    call.wrote()
    return files_answer(call, call.state.uploaded(file, call.user_id), call.state.settings.version_status)


def stored(content: Content, store: Callable[[], File]) -> File:
    """Return what `store` makes of the content; when it refuses, the content is thrown away."""
    try:
        return store()
    except errors.BoxError:
        discard(content)
        raise


async def _taken_in(call: Call, check: Callable[[Attributes], None]) -> tuple[Attributes, Content]:
    settings = call.state.settings
    if settings.length_required and call.header("content-length") is None:
        raise errors.length_required()
    spool = call.state.spool()
    try:
        content_type = call.header("content-type") or ""
        attributes = await read_upload(call.request.stream(), content_type, spool, check, settings.max_direct_bytes)
        content = await spool.finish()
    except BaseException:  # the client's leaving too
        spool.discard()
        raise
    expected = call.header("content-md5")  # the SHA-1 in hex, whatever the header's name says
    if expected is not None and expected.lower() != content.sha1:
        discard(content)
        raise errors.bad_digest(400)
    return attributes, content


def _upload_url(call: Call, path: str) -> Response:
    return JSONResponse({"upload_url": f"{call.base_url}/up/2.0/{path}", "upload_token": None})
