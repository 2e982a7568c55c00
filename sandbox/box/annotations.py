"""What is attached to files of the simulated Box, over HTTP: comments, metadata instances, webhooks."""

from typing import Any

from starlette.responses import JSONResponse, Response

from sandbox.box import errors, shapes
from sandbox.box.http import Call
from sandbox.box.items import Metadata


async def create_comment(call: Call) -> Response:
    """POST /comments."""
    data = await call.json()
    item, message = data.get("item") or {}, str(data.get("message") or data.get("tagged_message") or "")
    if item.get("type") != "file" or not message:
        raise errors.bad_request("item must be a file, message must not be empty", "item")
    comment = call.state.add_comment(str(item.get("id", "")), message, call.user_id)
    call.wrote()
    return JSONResponse(shapes.comment(comment, str(item["id"]), call.state.users), 201)


async def list_comments(call: Call) -> Response:
    """GET /files/{id}/comments."""
    file = call.state.file(call.id("file_id"))
    offset, limit = call.number("offset", 0, 10**9), call.number("limit", 100, 1000)
    shown = [shapes.comment(item, file.id, call.state.users) for item in file.comments[offset : offset + limit]]
    return JSONResponse(shapes.page(shown, total_count=len(file.comments), offset=offset, limit=limit))


async def show_metadata(call: Call) -> Response:
    """GET /files/{id}/metadata/{scope}/{template}: 200, although the OpenAPI document says 201."""
    return JSONResponse(shapes.metadata(_instance(call), call.id("file_id")))


async def create_metadata(call: Call) -> Response:
    """POST /files/{id}/metadata/{scope}/{template}."""
    values = await call.json()
    call.state.file(call.id("file_id"))
    instance = call.state.set_metadata(call.id("file_id"), call.id("template"), values, call.id("scope"))
    call.wrote()
    return JSONResponse(shapes.metadata(instance, call.id("file_id")), 201)


async def update_metadata(call: Call) -> Response:
    """PUT /files/{id}/metadata/{scope}/{template}: a JSON patch, all of it or nothing."""
    operations = await call.json_value()
    instance = _instance(call)
    values = dict(instance.values)
    for operation in operations if isinstance(operations, list) else [operations]:
        _patch(values, operation)
    instance.values, instance.version = values, instance.version + 1
    call.wrote()
    return JSONResponse(shapes.metadata(instance, call.id("file_id")))


async def list_webhooks(call: Call) -> Response:
    """GET /webhooks."""
    hooks = [hook.to_json(call.state.users) for hook in call.state.webhooks.of(call.user_id)]
    return JSONResponse(shapes.page(hooks, limit=len(hooks), next_marker=None))


async def create_webhook(call: Call) -> Response:
    """POST /webhooks."""
    hook = call.state.webhooks.create(call.user_id, await call.json())
    call.wrote()
    return JSONResponse(hook.to_json(call.state.users), 201)


async def show_webhook(call: Call) -> Response:
    """GET /webhooks/{id}."""
    return JSONResponse(call.state.webhooks.get(call.id("webhook_id"), call.user_id).to_json(call.state.users))


async def update_webhook(call: Call) -> Response:
    """PUT /webhooks/{id}."""
    hook = call.state.webhooks.update(call.id("webhook_id"), call.user_id, await call.json())
    call.wrote()
    return JSONResponse(hook.to_json(call.state.users))


async def delete_webhook(call: Call) -> Response:
    """DELETE /webhooks/{id}."""
    call.state.webhooks.delete(call.id("webhook_id"), call.user_id)
    call.wrote()
    return Response(status_code=204)


def _instance(call: Call) -> Metadata:
    try:
        file = call.state.file(call.id("file_id"))
    except errors.BoxError as error:
        raise errors.MetadataError(404, "not_found", "Not Found") from error
    key = (call.state.scope(call.id("scope")), call.id("template"))
    if key not in file.metadata:
        code = call.state.settings.metadata_missing_code
        raise errors.MetadataError(404, code, f"Template {key[1]} is not on file {file.id}")
    return file.metadata[key]


def _patch(values: dict[str, Any], operation: Any) -> None:
    name, kind = str(operation.get("path", "")).removeprefix("/"), operation.get("op")
    if kind == "add":
        values[name] = operation.get("value")
    elif kind in {"replace", "remove", "test"} and name not in values:
        raise errors.MetadataError(400, "bad_request", f"There is no {name} to {kind}")
    elif kind == "replace":
        values[name] = operation.get("value")
    elif kind == "remove":
        del values[name]
    elif kind != "test" or values[name] != operation.get("value"):
        raise errors.MetadataError(400, "bad_request", f"The operation {kind} of {name} failed")
