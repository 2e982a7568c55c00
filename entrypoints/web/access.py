"""Who may see the status pages: who holds the token, who comes through the proxy under a name, else this machine only.

A request that came through a proxy is never taken for one of this machine, whatever address it is sent from.
"""

import hmac
import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from pydantic import SecretStr
from starlette.requests import HTTPConnection

from entrypoints.web.server import peer_of

COOKIE = "content_scaling_pages"
SIGNED_IN_FOR = timedelta(hours=12)

_FORWARDED = ("forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip")


@dataclass(frozen=True)
class Visitor:
    """Somebody who may see the pages. `name` is what the proxy says, empty where nobody says any."""

    name: str = ""
    by_cookie: bool = False


@dataclass(frozen=True, kw_only=True)
class Access:
    """The rules. `proxy` is the address of the proxy in front, `on_loopback` whether we listen to this machine only."""

    token: SecretStr | None = None
    user_header: str | None = None
    proxy: str = ""
    on_loopback: bool = False
    names_open: bool = False

    @property
    def is_guarded(self) -> bool:
        """Whether there is a way in for others than this machine."""
        return self.token is not None or self.user_header is not None

    @property
    def is_off(self) -> bool:
        """Whether nobody at all may see the pages."""
        return not self.is_guarded and not self.on_loopback

    @property
    def shows_nothing(self) -> bool:
        """Whether not even the page about file names is shown to anybody."""
        return self.is_off and not self.names_open

    def about(self, address: str) -> str:
        """Return who may see the pages, or why nobody may; `address` is where they are."""
        names = "; /names is open to everybody" if self.names_open else ""
        if self.is_guarded:
            return f"Status pages at {address}/{names}"
        why = "neither PAGES_TOKEN nor PAGES_USER_HEADER is set"
        if self.is_off:
            return f"Status pages are off: {why}, and others than this machine can come here{names}"
        proxy = "let a proxy on this machine pass on /webhooks/box alone"
        return f"Status pages at {address}/ for this machine only, as {why}; {proxy}{names}"

    def visitor(self, request: HTTPConnection, now: datetime) -> Visitor | None:
        """Return who asks, or None for somebody who may not see the pages."""
        if self.user_header is not None and is_listed(peer_of(request.scope), self.proxy):
            # A second one may be the client's own, which a proxy that adds instead of replacing lets through.
            names = request.headers.getlist(self.user_header)
            if len(names) == 1 and names[0].strip():
                return Visitor(names[0].strip())
        if self.token is not None:
            return self._holder(request, now)
        if not self.is_guarded and self.on_loopback and is_this_machine(request):
            return Visitor()
        return None

    def is_token(self, text: str) -> bool:
        """Tell whether this is the token, in a time that does not depend on how much of it is right."""
        return self.token is not None and _same(text, self.token.get_secret_value())

    def cookie(self, now: datetime) -> str:
        """Return what a browser keeps instead of the token: worth nothing after a while, or with another token."""
        until = str(int((now + SIGNED_IN_FOR).timestamp()))
        return f"{until}.{self._signature(until)}"

    def _holder(self, request: HTTPConnection, now: datetime) -> Visitor | None:
        kind, _, text = request.headers.get("authorization", "").partition(" ")
        if kind.lower() == "bearer" and self.is_token(text.strip()):
            return Visitor()
        until, _, signature = request.cookies.get(COOKIE, "").partition(".")
        is_ours = _same(signature, self._signature(until))
        return Visitor(by_cookie=True) if is_ours and int(until) > now.timestamp() else None

    def _signature(self, until: str) -> str:
        key = self.token.get_secret_value() if self.token is not None else ""
        return hmac.digest(key.encode(), f"status pages until {until}".encode(), "sha256").hex()


def is_listed(address: str, listed: str) -> bool:
    """Tell whether an address is one of those listed, which are parted by commas and may be networks.

    `*`, which uvicorn takes for everybody, is nobody here.

    >>> is_listed("127.0.0.1", "127.0.0.1"), is_listed("::ffff:10.0.0.7", "10.0.0.0/24, ::1")
    (True, True)
    >>> is_listed("10.0.1.7", "10.0.0.0/24"), is_listed("10.0.1.7", "*"), is_listed("", "")
    (False, False, False)
    """
    found = _address(address)
    return found is not None and any(found in network for network in _networks(listed.split(",")))


def is_loopback(host: str) -> bool:
    """Tell whether a host is this machine alone.

    >>> is_loopback("127.0.0.1"), is_loopback("[::1]"), is_loopback("localhost"), is_loopback("0.0.0.0")
    (True, True, True, False)
    """
    found = _address(host.strip("[]"))
    return found.is_loopback if found is not None else host.lower() == "localhost"


def is_this_machine(request: HTTPConnection) -> bool:
    """Tell whether a request is of this machine and for it: not forwarded, nor of a page that only resolves to it."""
    if any(name in request.headers for name in _FORWARDED):
        return False
    hosts = request.headers.getlist("host")
    return is_loopback(peer_of(request.scope)) and len(hosts) == 1 and is_loopback(_host(hosts[0]))


def _host(header: str) -> str:
    try:
        return urlsplit(f"//{header}").hostname or ""
    except ValueError:
        return ""


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        found = ipaddress.ip_address(text.strip())
    except ValueError:
        return None
    return getattr(found, "ipv4_mapped", None) or found


def _networks(texts: Iterable[str]) -> Iterable[ipaddress.IPv4Network | ipaddress.IPv6Network]:
    for text in texts:
        try:
            yield ipaddress.ip_network(text.strip(), strict=False)
        except ValueError:
            continue


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode("utf-8", "surrogateescape"), other.encode())
