"""Which path of the simulated Box goes to which endpoint."""

from collections.abc import Awaitable, Callable, Sequence
from urllib.parse import parse_qsl

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.box import annotations, chunked, control, downloads, responses, uploads
from sandbox.box.errors import BoxError
from sandbox.box.http import Endpoint, Handler, refusal
from sandbox.box.models import BoxState

_FOLDER, _FILE = "/2.0/folders/{folder_id}", "/2.0/files/{file_id}"
_METADATA, _WEBHOOK = _FILE + "/metadata/{scope}/{template}", "/2.0/webhooks/{webhook_id}"
_SESSION = "/2.0/files/upload_sessions/{session_id}"

_Entry = tuple[str, str, Handler]

_API: list[_Entry] = [
    ("POST", "/2.0/folders", responses.create_folder),
    ("GET", _FOLDER, responses.show_folder),
    ("DELETE", _FOLDER, responses.delete_folder),
    ("GET", _FOLDER + "/items", responses.list_items),
    ("OPTIONS", "/2.0/files/content", uploads.preflight),
    ("OPTIONS", _FILE + "/content", uploads.preflight_version),
    ("GET", _FILE + "/content", downloads.redirect),
    ("GET", _FILE, responses.show_file),
    ("PUT", _FILE, responses.update_file),
    ("DELETE", _FILE, responses.delete_file),
    ("DELETE", _FILE + "/trash", responses.purge_file),
    ("GET", _FILE + "/comments", annotations.list_comments),
    ("POST", "/2.0/comments", annotations.create_comment),
    ("GET", _METADATA, annotations.show_metadata),
    ("POST", _METADATA, annotations.create_metadata),
    ("PUT", _METADATA, annotations.update_metadata),
    ("GET", "/2.0/users/me", responses.show_me),
    ("GET", "/2.0/events", responses.list_events),
]
_WEBHOOKS: list[_Entry] = [
    ("GET", "/2.0/webhooks", annotations.list_webhooks),
    ("POST", "/2.0/webhooks", annotations.create_webhook),
    ("GET", _WEBHOOK, annotations.show_webhook),
    ("PUT", _WEBHOOK, annotations.update_webhook),
    ("DELETE", _WEBHOOK, annotations.delete_webhook),
]
_UPLOADS: list[_Entry] = [
    ("POST", "/2.0/files/content", uploads.upload),
    ("POST", _FILE + "/content", uploads.upload_version),
]
_SESSIONS: list[_Entry] = [
    ("POST", "/2.0/files/upload_sessions", chunked.open_session),
    ("POST", _FILE + "/upload_sessions", chunked.open_version_session),
    ("GET", _SESSION + "/parts", chunked.list_parts),
    ("POST", _SESSION + "/commit", chunked.commit),
    ("POST", _SESSION + "/plan", chunked.plan),
    ("GET", _SESSION, chunked.show_session),
    ("DELETE", _SESSION, chunked.abort),
]
_PARTS: list[_Entry] = [("PUT", _SESSION, chunked.put_part)]


def api_app(state: BoxState, more: Sequence[Route] = ()) -> Starlette:
    """Return the app of the API host, the upload host (/up) and the host of open upload sessions (/fupload).

    `more` are routes of others.
    """
    routes = [Route("/oauth2/token", _grant(state), methods=["POST"])]
    routes += [Route("/oauth2/revoke", _revoke(state), methods=["POST"])]
    routes += _routes(_API, lambda handler: Endpoint(state, handler))
    routes += _routes(_WEBHOOKS, lambda handler: Endpoint(state, handler, needs="manage_webhook"))
    for prefix in ("/up", "/fupload"):
        routes += _routes(_UPLOADS, lambda handler: Endpoint(state, handler, upload="direct"), prefix)
        routes += _routes(_SESSIONS, lambda handler: Endpoint(state, handler), prefix)
        routes += _routes(_PARTS, lambda handler: Endpoint(state, handler, upload="part"), prefix)
    return Starlette(routes=[*routes, *control.routes(state), _download_route(state), *more])


def download_app(state: BoxState) -> Starlette:
    """Return the app of the host that downloads are redirected to."""
    return Starlette(routes=[_download_route(state)])


def _routes(entries: Sequence[_Entry], endpoint: Callable[[Handler], Endpoint], prefix: str = "") -> list[Route]:
    return [Route(prefix + path, endpoint(handler), methods=[method]) for method, path, handler in entries]


def _download_route(state: BoxState) -> Route:
    async def send(request: Request) -> Response:
        return await downloads.send_content(state, request)

    return Route("/d/{ticket}", send, methods=["GET"])


def _grant(state: BoxState) -> Callable[[Request], Awaitable[Response]]:
    async def grant(request: Request) -> Response:
        try:
            return JSONResponse(state.tokens.grant(dict(parse_qsl((await request.body()).decode("latin-1")))))
        except BoxError as error:
            return refusal(error)

    return grant


def _revoke(state: BoxState) -> Callable[[Request], Awaitable[Response]]:
    async def revoke(request: Request) -> Response:
        state.tokens.revoke(dict(parse_qsl((await request.body()).decode("latin-1"))).get("token", ""))
        return Response()

    return revoke
