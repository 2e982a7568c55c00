"""The HTTP server under the web app."""

import asyncio
import socket
from typing import Any

import uvicorn
from fastapi import FastAPI
from starlette.types import Receive, Scope, Send
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware
from uvicorn.protocols.http.h11_impl import H11Protocol

from domain.errors import ConfigError

_CONNECTION_S = 30.0
_CONNECTIONS = 200
_LAST_ANSWERS_S = 10
_PEER = "content_scaling.peer"


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens there; port 0 takes a free one. Raises ConfigError."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=256)
    except OSError as error:
        reason, _, _ = (error.strerror or "").partition(" (while")  # the standard library adds what we say ourselves
        raise ConfigError([f"--host {host} --port {port}: cannot listen there ({reason}); choose another"]) from None


def web_server(app: FastAPI, *, proxy: str, connection_s: float = _CONNECTION_S) -> uvicorn.Server:
    """Return a server, to be run on a socket. `proxy` is the address whose X-Forwarded-For is believed."""

    class Connection(_Connection):
        lives_s = connection_s

    return uvicorn.Server(
        uvicorn.Config(
            _Forwarded(app, proxy),
            interface="asgi3",
            http=Connection,
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            headers=[("Connection", "close")],
            proxy_headers=False,
            limit_concurrency=_CONNECTIONS,
            timeout_graceful_shutdown=_LAST_ANSWERS_S,
        )
    )


def peer_of(scope: Scope) -> str:
    """Return the address that a request was really sent from: the proxy's, where it came through one."""
    return str(scope.get(_PEER, ""))


class _Forwarded:
    """Believes the X-Forwarded-For of the proxy, as uvicorn would, and notes before whose it is."""

    def __init__(self, app: FastAPI, proxy: str) -> None:
        self._inner = ProxyHeadersMiddleware(app, trusted_hosts=proxy)  # type: ignore[arg-type]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope[_PEER] = scope["client"][0] if scope.get("client") else ""
        await self._inner(scope, receive, send)  # type: ignore[arg-type]


class _Connection(H11Protocol):
    """Carries one request, and not for ever: uvicorn waits without end for a request's head to arrive."""

    lives_s: float

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self._end: asyncio.TimerHandle = self.loop.call_later(self.lives_s, transport.abort)

    def connection_lost(self, exc: Exception | None) -> None:
        self._end.cancel()
        super().connection_lost(exc)
