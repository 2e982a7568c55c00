"""The HTTP server under the web app."""

import asyncio
import socket
from typing import Any

import uvicorn
from fastapi import FastAPI
from uvicorn.protocols.http.h11_impl import H11Protocol

from domain.errors import ConfigError

_CONNECTION_S = 30.0
_CONNECTIONS = 200
_LAST_ANSWERS_S = 10


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
            app,
            http=Connection,
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            headers=[("Connection", "close")],
            proxy_headers=True,
            forwarded_allow_ips=proxy,
            limit_concurrency=_CONNECTIONS,
            timeout_graceful_shutdown=_LAST_ANSWERS_S,
        )
    )


class _Connection(H11Protocol):
    """Carries one request, and not for ever: uvicorn waits without end for a request's head to arrive."""

    lives_s: float

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self._end: asyncio.TimerHandle = self.loop.call_later(self.lives_s, transport.abort)

    def connection_lost(self, exc: Exception | None) -> None:
        self._end.cancel()
        super().connection_lost(exc)
