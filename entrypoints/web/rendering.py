"""Turns facts into pages: templates, and the headers that every page goes out with."""

import hashlib
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.responses import HTMLResponse, RedirectResponse, Response

from clients.mail.wording import counted, said_on, size
from domain.filenames.faults import visible
from domain.waiting import moment
from entrypoints import asset_words, board, event_words

_TEMPLATES = Path(__file__).parent / "templates"
_POLICY = (
    "default-src 'none'; style-src 'self'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Robots-Tag": "noindex",
}
_ENDS = re.compile(r"([_./\\])(?=\S)")
_NOT_KEPT = {"Cache-Control": "no-store"}


def page(template: str, facts: Mapping[str, Any], *, status: int = 200) -> Response:
    """Return a page, which no cache keeps."""
    text = _environment().get_template(template).render(facts)
    return HTMLResponse(text, status, {**_HEADERS, **_NOT_KEPT})


def redirect(path: str) -> Response:
    """Send the browser on to another page of ours, by GET."""
    return RedirectResponse(path, 303, {**_HEADERS, **_NOT_KEPT})


def style_sheet() -> Response:
    """Return the style sheet, which holds no data and is kept for a day: another one has another address."""
    kept = {"Cache-Control": "public, max-age=86400"}
    return Response(_style(), headers={**_HEADERS, **kept}, media_type="text/css")


def link_to(url: str | None, text: str | Markup) -> Markup:
    """Return a link that leads out of the pages; mere text where the address is none of the web."""
    if not (url or "").startswith(("https://", "http://")):
        return Markup.escape(text)
    return Markup('<a href="{}" rel="noreferrer noopener">{}</a>').format(url, text)


def time_of(at: datetime | None) -> Markup:
    """Return a moment for people and for machines; nothing where there is none."""
    if at is None:
        return Markup("")
    return Markup('<time datetime="{}">{}</time>').format(f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}", moment(at))


def name_of(text: str) -> Markup:
    """Return a text with names of files in it: nothing in it is obeyed, and long names break where their parts end.

    >>> name_of("<b>_x.mp4")
    Markup('&lt;b&gt;_<wbr>x.<wbr>mp4')
    """
    return Markup(_ENDS.sub(r"\1<wbr>", str(Markup.escape(visible(text)))))  # noqa: S704  (escaped before)


@cache
def _style() -> str:
    return (_TEMPLATES / "pages.css").read_text(encoding="utf-8")


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.filters.update(time=time_of, name=name_of, visible=visible, size=size, counted=counted, said_on=said_on)
    environment.globals.update(link_to=link_to, words=asset_words, events=event_words, MEANINGS=board.MEANINGS)
    environment.globals["style"] = f"/pages.css?v={hashlib.sha256(_style().encode()).hexdigest()[:12]}"
    return environment
