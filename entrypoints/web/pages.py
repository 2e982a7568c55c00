"""The status pages: read-only, from the database alone, for those who may see them."""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from fastapi import FastAPI, HTTPException, Request, Response
from sqlalchemy import text
from sqlalchemy.orm import Session
from starlette.datastructures import QueryParams

from db.engine import Store
from db.repositories.masters import masters_of
from domain.codes import Codes
from domain.errors import StoreError
from entrypoints.tracing import tidy
from entrypoints.web import names_page, sign_in, views
from entrypoints.web.access import Access, Visitor
from entrypoints.web.limits import Busy, FewThreads, Limits, read_body
from entrypoints.web.paging import address_with
from entrypoints.web.rendering import page, redirect, style_sheet
from entrypoints.web.views import Look, View

_log = logging.getLogger(__name__)

CONNECTIONS = 4
"""Connections that the pages need, of their own: nobody who looks at them may keep a webhook waiting."""
_STATEMENT = "5s"

_VIEWS: dict[str, Callable[[Look], View]] = {
    "/": views.show_board,
    "/campaigns/{number}": views.show_campaign,
    "/assets/{tracking_id}": views.show_passport,
    "/search": views.search,
}


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, kw_only=True)
class Pages:
    """What the status pages work with."""

    store: Store
    codes: Codes
    access: Access
    environment: str = ""
    clock: Callable[[], datetime] = _utc_now
    limits: Limits = field(default_factory=Limits)


def add_pages(app: FastAPI, pages: Pages) -> None:
    """Let the app serve the pages."""
    site = _Site(pages)
    for path, view in _VIEWS.items():
        app.add_api_route(path, site.shows(view), methods=["GET"])
    app.add_api_route("/names", site.names, methods=["GET", "POST"])
    app.add_api_route("/pages.css", _style, methods=["GET"])
    sign_in.add_routes(app, pages.access, pages.clock, pages.limits)


async def _style() -> Response:
    return style_sheet()


class _Site:
    """Answers requests for pages, in threads of their own: few, as each of them holds a connection."""

    def __init__(self, pages: Pages) -> None:
        self._pages = pages
        self._readers = FewThreads(CONNECTIONS)
        self._judges = FewThreads(1)  # a verdict costs time of the processor, which webhooks need too

    def shows(self, view: Callable[[Look], View]) -> Callable[[Request], Awaitable[Response]]:
        """Return the handler of a view."""

        async def handle(request: Request) -> Response:
            visitor = self._visitor(request)
            if visitor is None:
                return self._refused(request)
            try:
                found = await self._readers.do(self._read, request, view)
            except Busy:
                return self._busy(request, visitor)
            except StoreError as error:
                return self._unavailable(request, visitor, error)
            if found.location is not None:
                return redirect(found.location)
            return page(found.template, {**self._facts(request, visitor), **found.facts}, status=found.status)

        return handle

    async def names(self, request: Request) -> Response:
        """Show the page about file names, which may be open to everybody. A list too long for an address is posted."""
        visitor = self._visitor(request)
        if visitor is None and not self._pages.access.names_open:
            return self._refused(request)
        posted = await read_body(request, self._pages.limits) if request.method == "POST" else None
        asked = request.query_params if posted is None else QueryParams(posted)
        suggested: dict[str, list[str]] = {}
        try:
            if visitor is not None and request.query_params.get("campaign"):
                suggested = await self._readers.do(self._tracking_ids, request)
        except (StoreError, Busy) as error:
            _log.warning("names are checked without the database: %s", error)
        try:
            return await self._judges.do(self._judged, request, visitor, asked, suggested)
        except Busy:
            return self._busy(request, visitor)

    def _judged(
        self, request: Request, visitor: Visitor | None, asked: QueryParams, suggested: dict[str, list[str]]
    ) -> Response:
        found = names_page.facts_of(asked, self._pages.codes, suggested)
        return page("names.html", {**self._facts(request, visitor), **found})

    def _visitor(self, request: Request) -> Visitor | None:
        return self._pages.access.visitor(request, self._pages.clock())

    def _refused(self, request: Request) -> Response:
        address = request.client.host if request.client else "?"
        if not self._pages.access.is_guarded:
            _log.warning("refused a page to %s: neither PAGES_TOKEN nor PAGES_USER_HEADER is set, so they are shown to "
                         "this machine only, without a proxy in between", address)  # fmt: skip
            raise HTTPException(404)
        if self._pages.access.token is None:
            _log.warning("refused a page to %s: it names no user, or does not come through the proxy", address)
            return page("refused.html", self._facts(request, None), status=403)
        return sign_in.form(address_with(request), self._facts(request, None))

    def _read(self, request: Request, view: Callable[[Look], View]) -> View:
        with self._pages.store.transaction() as session:
            _only_read(session)
            return view(Look(request, session, self._pages.codes, self._pages.clock()))

    def _tracking_ids(self, request: Request) -> dict[str, list[str]]:
        with self._pages.store.transaction() as session:
            _only_read(session)
            masters = masters_of(session, tidy(request.query_params["campaign"]))
        return {"tracking_id": [master.tracking_id for master in masters]}

    def _unavailable(self, request: Request, visitor: Visitor, error: StoreError) -> Response:
        _log.error("could not show %s: %s", request.url.path, error)
        return page("unavailable.html", {**self._facts(request, visitor), "error": error}, status=503)

    def _busy(self, request: Request, visitor: Visitor | None) -> Response:
        answer = page("busy.html", self._facts(request, visitor), status=503)
        answer.headers["Retry-After"] = "5"
        return answer

    def _facts(self, request: Request, visitor: Visitor | None) -> dict[str, Any]:
        """Return what every page shows."""
        return {
            "path": request.url.path,
            "query": request.query_params,
            "address": lambda **changes: address_with(request, **changes),
            "visitor": visitor,
            "now": self._pages.clock(),
            "environment": self._pages.environment,
        }


def _only_read(session: Session) -> None:
    """Let this transaction see one state of the database, change nothing, and wait for nothing long."""
    session.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY"))
    session.execute(text(f"SET LOCAL statement_timeout = '{_STATEMENT}'"))
