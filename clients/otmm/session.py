"""The pooled HTTP session for one origin of the DAM, with the certificates it shows and trusts."""

import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from requests.cookies import RequestsCookieJar
from requests.utils import DEFAULT_CA_BUNDLE_PATH

from domain.errors import ConfigError

POOL_SIZE = 32


@dataclass(frozen=True, slots=True)
class Connection:
    """How a host is reached: `tls` carries a client certificate, `timeouts` (s) are to connect and between bytes."""

    tls: ssl.SSLContext | None = None
    ca_bundle: Path | None = None
    timeouts: tuple[float, float] = (10.0, 60.0)


DEFAULT_CONNECTION = Connection()


class SharedCookies(RequestsCookieJar):
    """A cookie jar that threads may read while another one adds to it: requests iterates without a lock."""

    def __iter__(self) -> Iterator[Any]:
        """Iterate over a copy; the jar's own lock guards every change."""
        with self._cookies_lock:  # type: ignore[attr-defined]
            return iter(list(super().__iter__()))


class ContextAdapter(HTTPAdapter):
    """Connects with the given TLS context and leaves all trust to it."""

    def __init__(self, context: ssl.SSLContext) -> None:
        self._context = context
        super().__init__(pool_connections=POOL_SIZE, pool_maxsize=POOL_SIZE)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Make the connection pool with the context."""
        super().init_poolmanager(*args, ssl_context=self._context, **kwargs)

    def cert_verify(self, conn: Any, url: str, verify: Any, cert: Any) -> None:
        """Keep the authorities of the context: requests would add the public ones to it on every connection."""
        conn.cert_reqs = "CERT_REQUIRED"


def open_session(url: str, connection: Connection) -> requests.Session:
    """Return a session for the origin of `url`.

    The client certificate is shown to that origin alone: a redirect may lead to any other host. A context that carries
    one brings its own authorities; everywhere else `ca_bundle` replaces the public ones.
    """
    session = requests.Session()
    # A .netrc or a proxy variable of the machine would replace the Authorization header or read the traffic.
    session.trust_env = False
    session.cookies = SharedCookies()
    session.mount("http://", HTTPAdapter(pool_connections=POOL_SIZE, pool_maxsize=POOL_SIZE))
    session.mount("https://", ContextAdapter(trust(connection.ca_bundle)))
    if connection.tls is not None:
        session.mount(f"{origin(url)}/", ContextAdapter(connection.tls))
    return session


def trust(ca_bundle: Path | None) -> ssl.SSLContext:
    """Return a TLS context that trusts the authorities in `ca_bundle`, or the public ones without it."""
    try:
        return ssl.create_default_context(cafile=str(ca_bundle or DEFAULT_CA_BUNDLE_PATH))
    except OSError as error:  # ssl.SSLError is one
        raise ConfigError([f"DAM_CA_BUNDLE: {ca_bundle} holds no readable PEM certificates"]) from error


def origin(url: str) -> str:
    """Return scheme, host and port of `url`: all of it that may be shown in a message.

    >>> origin("https://dam.example.com:8443/otmmapi?ticket=secret")
    'https://dam.example.com:8443'
    """
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"
