"""Folders, files and users of the simulated Box over HTTP."""

import base64
import json
from typing import Any

from starlette.responses import JSONResponse, Response

from sandbox.box import errors, shapes
from sandbox.box.http import Call, name_in, parent_in
from sandbox.box.items import File, Item
from sandbox.box.tree import sort_key

_DEFAULT_LIMIT = 100
_MAX_LIMIT = 1000


def item_json(call: Call, item: Item) -> dict[str, Any]:
    """Return an item with the fields that were asked for."""
    above, asked = call.state.tree.ancestors(item), call.query("fields")
    facts = shapes.full(item, above, call.state.users, float_sizes=call.state.settings.float_sizes)
    if asked is not None:  # they are shown to who asks for them by name
        facts["permissions"] = call.state.roles.permissions(item, above)
    return shapes.chosen(facts, asked, item, call.state.app.enterprise_id)


def files_answer(call: Call, file: File, status: int) -> Response:
    """Return the answer to an upload."""
    facts = item_json(call, file)
    if call.state.settings.wrong_sha1_answered:
        facts["sha1"] = "0" * 40
    return JSONResponse(shapes.page([facts], total_count=1), status)


async def create_folder(call: Call) -> Response:
    """POST /folders."""
    data = await call.json()
    folder = call.state.tree.add_folder(parent_in(data), name_in(data), call.user_id)
    call.wrote()
    return JSONResponse(item_json(call, folder), 201)


async def show_folder(call: Call) -> Response:
    """GET /folders/{id}."""
    return JSONResponse(item_json(call, call.state.tree.folder(call.id("folder_id"))))


async def delete_folder(call: Call) -> Response:
    """DELETE /folders/{id}."""
    is_recursive = call.flag("recursive")
    call.state.tree.delete_folder(call.id("folder_id"), recursive=is_recursive, if_match=call.header("if-match"))
    call.wrote()
    return Response(status_code=204)


async def list_items(call: Call) -> Response:
    """GET /folders/{id}/items, by marker or by offset."""
    items = call.state.tree.children(call.id("folder_id"))
    limit = call.number("limit", _DEFAULT_LIMIT, _MAX_LIMIT)
    if call.flag("usemarker"):
        return JSONResponse(_marker_page(call, items, limit))
    offset = call.number("offset", 0, call.state.settings.max_offset)
    entries = [_listed(call, item) for item in items[offset : offset + limit]]
    order: Any = [{"by": "type", "direction": "ASC"}, {"by": "name", "direction": "ASC"}]
    if call.state.settings.order_as_object:
        order = order[1]
    return JSONResponse(shapes.page(entries, total_count=len(items), offset=offset, limit=limit, order=order))


async def show_file(call: Call) -> Response:
    """GET /files/{id}."""
    return JSONResponse(item_json(call, call.state.file(call.id("file_id"))))


async def update_file(call: Call) -> Response:
    """PUT /files/{id}."""
    changes = await call.json()
    if "parent" in changes:
        changes["parent"] = {"id": parent_in(changes)}
    file = call.state.tree.update_file(call.id("file_id"), changes, call.header("if-match"))
    call.wrote()
    return JSONResponse(item_json(call, file))


async def delete_file(call: Call) -> Response:
    """DELETE /files/{id}."""
    call.state.tree.delete_file(call.id("file_id"), call.header("if-match"))
    call.wrote()
    return Response(status_code=204)


async def purge_file(call: Call) -> Response:
    """DELETE /files/{id}/trash."""
    call.state.tree.purge_file(call.id("file_id"))
    call.wrote()
    return Response(status_code=204)


async def show_me(call: Call) -> Response:
    """GET /users/me."""
    state = call.state
    facts = {
        **shapes.user_mini(call.user_id, state.users),
        "status": "active",
        "max_upload_size": state.settings.max_upload_bytes,
        "space_amount": -1 if state.quota_bytes is None else state.quota_bytes,
        "space_used": state.tree.used_bytes(),
    }
    return JSONResponse(facts)


async def list_events(call: Call) -> Response:
    """GET /events."""
    found, position = call.state.events.since(call.query("stream_position") or "0", call.number("limit", 100, 500))
    return JSONResponse(shapes.page(found, chunk_size=len(found), next_stream_position=str(position)))


def _marker_page(call: Call, items: list[Item], limit: int) -> dict[str, Any]:
    # The marker says where to go on, not how many to skip: what is added or deleted meanwhile shifts nothing.
    after = _decoded(call.query("marker"))
    left = [item for item in items if after is None or list(sort_key(item)) > after]
    is_last = len(left) <= limit
    marker = call.state.settings.end_marker if is_last else _encoded(left[limit - 1])
    return shapes.page([_listed(call, item) for item in left[:limit]], limit=limit, next_marker=marker)


def _listed(call: Call, item: Item) -> dict[str, Any]:
    return shapes.mini(item) if call.query("fields") is None else item_json(call, item)


def _encoded(item: Item) -> str:
    return base64.urlsafe_b64encode(json.dumps(sort_key(item)).encode()).decode()


def _decoded(marker: str | None) -> list[Any] | None:
    if not marker:
        return None
    try:
        found = json.loads(base64.urlsafe_b64decode(marker))
    except ValueError as error:
        raise errors.bad_request("Invalid marker", "marker") from error
    return found if isinstance(found, list) else None
