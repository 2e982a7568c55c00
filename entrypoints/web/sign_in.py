"""Signing in to the status pages with the token, once: the browser keeps a cookie that no script can read."""

import logging
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs

from fastapi import FastAPI, HTTPException, Request, Response

from entrypoints.web.access import COOKIE, SIGNED_IN_FOR, Access
from entrypoints.web.limits import Limits, read_body
from entrypoints.web.rendering import page, redirect

_log = logging.getLogger(__name__)

_OURS = re.compile(r"/(?![/\\])[\w\-./%?=&+~:]*", re.ASCII)
"""An address of ours: what begins with two slashes is another host's."""


def add_routes(app: FastAPI, access: Access, clock: Callable[[], datetime], limits: Limits) -> None:
    """Let people sign in and out, where there is a token."""

    async def show(request: Request) -> Response:
        _require(access)
        asked = request.query_params
        if "token" in asked:  # an address that somebody was sent; it leads on, so that the token does not stay in sight
            return _signed_in(request, asked["token"], asked.get("next", ""), access, clock())
        return form(asked.get("next", ""), {"now": clock()}, status=200)

    async def take(request: Request) -> Response:
        _require(access)
        typed = parse_qs((await read_body(request, limits)).decode("utf-8", "replace"))
        token, target = (typed.get(name, [""])[0] for name in ("token", "next"))
        return _signed_in(request, token, target, access, clock())

    async def leave() -> Response:
        _require(access)
        answer = redirect("/sign-in")
        answer.delete_cookie(COOKIE)
        return answer

    app.add_api_route("/sign-in", show, methods=["GET"])
    app.add_api_route("/sign-in", take, methods=["POST"])
    app.add_api_route("/sign-out", leave, methods=["POST"])


def form(target: str, facts: Mapping[str, Any], *, status: int = 401, is_wrong: bool = False) -> Response:
    """Return the form that asks for the token, and leads on to `target`."""
    common = {"path": "/sign-in", "visitor": None, "environment": "", "query": {}, **facts}
    answer = page("sign_in.html", {**common, "target": _own(target), "is_wrong": is_wrong}, status=status)
    if status == 401:
        answer.headers["WWW-Authenticate"] = 'Bearer realm="status pages"'
    return answer


def _require(access: Access) -> None:
    if access.token is None:
        raise HTTPException(404)


def _signed_in(request: Request, token: str, target: str, access: Access, now: datetime) -> Response:
    if not access.is_token(token.strip()):
        _log.warning("refused a sign-in from %s: not the token", request.client.host if request.client else "?")
        return form(target, {"now": now}, is_wrong=True)
    answer = redirect(_own(target))
    answer.set_cookie(
        COOKIE,
        access.cookie(now),
        max_age=int(SIGNED_IN_FOR.total_seconds()),
        secure=request.url.scheme == "https",
        httponly=True,
        samesite="strict",
    )
    return answer


def _own(target: str) -> str:
    """Return where to go on: a page of ours, the board where it is none.

    >>> _own("/assets/aB3xY9?events=2"), _own("//example.com"), _own("https://example.com"), _own("/sign-in?next=/")
    ('/assets/aB3xY9?events=2', '/', '/', '/')
    """
    return target if _OURS.fullmatch(target) and not target.startswith("/sign-") else "/"
