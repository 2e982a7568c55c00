"""What each status page shows: from the request and the database to the facts of a template."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from difflib import get_close_matches
from typing import Any

from sqlalchemy.orm import Session
from starlette.requests import Request

from db.repositories.events import count_events, newest_events
from db.repositories.stays import open_stays
from domain.codes import Codes
from entrypoints.board import read_board
from entrypoints.campaign_assets import read_campaign
from entrypoints.passport import read_passport
from entrypoints.tracing import MOST_MATCHES, Found, look_up, nearest, tidy
from entrypoints.web.paging import paging

ON_THE_BOARD = 12
"""Campaigns of one status that the board itself shows; the others are one click away."""
CAMPAIGNS_A_PAGE = 100
ASSETS_A_PAGE = 50
EVENTS_A_PAGE = 50


@dataclass(frozen=True)
class View:
    """A page to be shown, or where to go instead."""

    template: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)
    status: int = 200
    location: str | None = None


@dataclass(frozen=True)
class Look:
    """Somebody looks at a page."""

    request: Request
    session: Session
    codes: Codes
    now: datetime

    def asked(self, name: str) -> str:
        """Return a parameter of the address, empty where it has none."""
        return self.request.query_params.get(name, "")

    def named(self, name: str) -> str:
        """Return what the path names, as the database may know it."""
        return tidy(self.request.path_params[name])


def show_board(look: Look) -> View:
    """Show all campaigns by status, or those in one."""
    board, status = read_board(look.session, look.now), look.asked("status")
    if not status:
        return View("board.html", {"board": board, "shown": ON_THE_BOARD})
    group = board.group(status)
    pages = paging(look.request, "page", size=CAMPAIGNS_A_PAGE, total=len(group.lines) if group else 0)
    return View("status.html", {"status": status, "group": group, "pages": pages})


def show_campaign(look: Look) -> View:
    """Show each asset of a campaign and what it waits for."""
    number = look.named("number")
    campaign = read_campaign(look.session, number, look.now)
    if campaign is None:
        known = [stay.campaign_number for stay in open_stays(look.session)]
        return View("no_campaign.html", {"number": number, "near": get_close_matches(number.upper(), known)}, 404)
    kinds = Counter(line.waiting.kind.value for line in campaign.lines)
    kind = look.asked("kind")
    lines = [line for line in campaign.lines if not kind or line.waiting.kind.value == kind]
    pages = paging(look.request, "page", size=ASSETS_A_PAGE, total=len(lines))
    facts = {"campaign": campaign, "kinds": kinds, "kind": kind, "lines": pages.of(lines), "pages": pages}
    return View("campaign.html", {**facts, **_events(look, campaign_number=number)})


def show_passport(look: Look) -> View:
    """Show the passport of an asset."""
    tracking_id = look.named("tracking_id")
    passport = read_passport(look.session, tracking_id, look.now)
    if passport is None:
        return _nothing(look, look_up(look.session, tracking_id, look.codes))
    return View("passport.html", {"passport": passport, **_events(look, tracking_id=tracking_id)})


def search(look: Look) -> View:
    """Lead to the one asset or campaign that is meant, else list what may be."""
    found = look_up(look.session, look.asked("q"), look.codes)
    if found.only_asset is not None:
        return View(location=f"/assets/{found.only_asset}")
    if found.only_campaign is not None:
        return View(location=f"/campaigns/{found.only_campaign}")
    if not found:
        return _nothing(look, found)
    pages = paging(look.request, "page", size=MOST_MATCHES, total=found.total)
    if pages.skip:
        found = look_up(look.session, look.asked("q"), look.codes, pages.skip)
    return View("found.html", {"found": found, "pages": pages, "most": MOST_MATCHES})


def _nothing(look: Look, found: Found) -> View:
    near = nearest(look.session, found.text, look.codes)
    return View("nothing.html", {"found": found, "near": near}, 404 if found.text and not found.refusals else 200)


def _events(look: Look, **about: Any) -> dict[str, Any]:
    pages = paging(look.request, "events", size=EVENTS_A_PAGE, total=count_events(look.session, **about))
    rows = newest_events(look.session, skip=pages.skip, limit=pages.size, **about)
    return {"event_rows": rows, "event_pages": pages}
