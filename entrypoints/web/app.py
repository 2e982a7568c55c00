"""The web app: takes the webhooks of Box, says whether it is well, and shows the status pages.

An event is kept before it is answered, and its run is started after: Box gives up on an answer after 30 s, and sends
again, for two hours, what was not answered with 2xx.
"""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from anyio import move_on_after, to_thread
from fastapi import Depends, FastAPI, HTTPException, Request, Response
from sqlalchemy import text
from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool

from db.engine import Store
from db.repositories.inbox import store_event
from domain.box_webhooks import SigningKeys, UploadEvent, read_event, verify, why_ignored
from domain.errors import StoreError
from entrypoints.web.limits import AddressBuckets, Limits, read_body
from entrypoints.web.pages import Pages, add_pages

WEBHOOK_PATH = "/webhooks/box"
_BOX_TELLS_S = 5

_log = logging.getLogger(__name__)


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, kw_only=True)
class Receiver:
    """What takes webhooks. `start` is called once for each event kept, in a thread, after the answer.

    `own_user_id` tells whose uploads are our own, None where nobody knows; it may take long, in a thread.
    """

    keys: SigningKeys
    store: Store
    start: Callable[[UploadEvent], None]
    folder_id: str
    own_user_id: Callable[[], str | None]
    clock: Callable[[], datetime] = _utc_now
    limits: Limits = field(default_factory=Limits)


def create_app(store: Store, receiver: Receiver | None = None, pages: Pages | None = None) -> FastAPI:
    """Return the app, which says whether `store` can be reached; without `receiver` or `pages` it has none of that."""
    buckets = AddressBuckets(receiver.limits if receiver is not None else Limits())

    async def limit_rate(request: Request) -> None:
        if not buckets.take(request.client.host if request.client else ""):
            raise HTTPException(429, headers={"Retry-After": "1"})

    async def health() -> Response:
        return await _health(store)

    # Nobody has to read here what may be sent here.
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None, dependencies=[Depends(limit_rate)])
    app.add_api_route("/healthz", health, methods=["GET"])
    if receiver is not None:
        app.add_api_route(WEBHOOK_PATH, _taking(receiver), methods=["POST"])
    if pages is not None:
        add_pages(app, pages)
    return app


def _taking(receiver: Receiver) -> Callable[[Request], Awaitable[Response]]:
    async def box(request: Request) -> Response:
        return await _take(request, receiver)

    return box


async def _take(request: Request, receiver: Receiver) -> Response:
    raw = await read_body(request, receiver.limits)
    if not verify(raw, request.headers, receiver.keys, receiver.clock()):
        _log.warning("refused a webhook from %s: not signed by Box lately", request.client and request.client.host)
        return Response(status_code=403)
    event = read_event(raw)
    if event is None:
        _log.warning("ignored an event of Box that is about no file; see that the webhook is still there")
        return Response()
    return await _answer(event, receiver)


async def _answer(event: UploadEvent, receiver: Receiver) -> Response:
    """Keep the event where it concerns us; what does not is not kept, as nobody would ever handle it."""
    reason = why_ignored(event, folder_id=receiver.folder_id, own_user_id=await _own_user_id(receiver))
    if reason is not None:
        _log.info("ignored event %s about file %s: %s", event.event_id, event.file_id, reason)
        return Response()
    try:
        is_new = await run_in_threadpool(_keep, receiver.store, event)
    except StoreError as error:
        _log.error("did not keep event %s about file %s, Box sends it again: %s", event.event_id, event.file_id, error)
        return Response(status_code=503)
    _log.info("%s event %s about file %s", "kept" if is_new else "had", event.event_id, event.file_id)
    return Response(background=BackgroundTask(receiver.start, event) if is_new else None)


async def _own_user_id(receiver: Receiver) -> str | None:
    """Return whose uploads are our own, or None where Box takes long to tell: a run too many does no harm."""
    with move_on_after(_BOX_TELLS_S):
        return await to_thread.run_sync(receiver.own_user_id, abandon_on_cancel=True)
    return None


def _keep(store: Store, event: UploadEvent) -> bool:
    with store.transaction() as session:
        return store_event(session, event)


async def _health(store: Store) -> Response:
    try:
        await run_in_threadpool(_ask, store)
    except StoreError as error:
        _log.warning("not well: %s", error)
        return Response("database: not reachable\n", status_code=503, media_type="text/plain")
    return Response("database: reachable\n", media_type="text/plain")


def _ask(store: Store) -> None:
    with store.transaction() as session:
        session.execute(text("SELECT 1"))
