"""Certificates by when they end: those of files, and those that servers present."""

import ssl
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from urllib.parse import urlsplit

from blocks.settings import Settings
from clients.otmm.session import origin
from clients.server_certificate import presented
from domain.report import counted
from entrypoints.checks.verdict import Found, State, Verdict, attempt

Trust = Callable[[], ssl.SSLContext]
"""Makes the TLS context by which a connection is verified in earnest."""


def judged(ends: Sequence[tuple[str, datetime]], now: datetime, warning_days: int) -> Found:
    """Return what is to be said of certificates, each given by whom it is for and when it ends. At least one.

    Ended ones are faults; those that end within `warning_days` are warnings.
    """
    by_end = sorted(ends, key=lambda item: item[1])
    soon = now + timedelta(days=warning_days)
    faults = [f"the certificate of {name} ended on {_day(at)}: have it renewed" for name, at in by_end if at <= now]
    warnings = [
        f"the certificate of {name} ends in {counted((at - now).days, 'day')}, on {_day(at)}: have it renewed"
        for name, at in by_end
        if now < at < soon
    ]
    first, at = by_end[0]
    text = "" if faults or warnings else f"good until {_day(at)} ({first})"
    listed = [{"subject": name, "ends_at": end.isoformat()} for name, end in by_end]
    return Found(text, faults, warnings, {"ends_at": at.isoformat(), "certificates": listed})


def check_tls(name: str, url: str, source: str, trust: Trust, settings: Settings) -> Verdict:
    """Return the verdict on the certificate that the server of `url` presents; none is due from plain HTTP."""
    parts = urlsplit(url)
    if parts.scheme != "https":
        return Verdict(name, State.OK, f"not applicable: {origin(url)} is plain HTTP")
    return attempt(name, source, lambda: _served(parts.hostname or "", parts.port or 443, trust, settings))


def check_starttls(name: str, address: tuple[str, int], source: str, trust: Trust, settings: Settings) -> Verdict:
    """Return the verdict on the certificate that a mail server presents after STARTTLS; `address` is host and port."""
    return attempt(name, source, partial(_served, *address, trust, settings, starttls=True))


def _served(host: str, port: int, trust: Trust, settings: Settings, *, starttls: bool = False) -> Found:
    found = presented(host, port, trust, starttls=starttls)
    place = f"{host}:{port}"
    name = place if found.subject == host else f"{place} ({found.subject})"
    return judged([(name, found.ends_at)], datetime.now(UTC), settings.expiry_warning_days)


def _day(at: datetime) -> str:
    return f"{at:%Y-%m-%d}"
