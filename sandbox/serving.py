"""One HTTP server on the loopback interface, in a thread of its own."""

import asyncio
import socket
import threading
from dataclasses import dataclass
from pathlib import Path
from ssl import CERT_NONE, CERT_OPTIONAL, CERT_REQUIRED
from types import TracebackType
from typing import Any, Self, cast

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from sandbox.faults.wire import TRANSPORT_KEY

_START_TIMEOUT_S = 10.0
_STOP_TIMEOUT_S = 10.0


@dataclass(frozen=True, slots=True)
class TlsFiles:
    """PEM files of a TLS server. With `client_ca`, clients are asked for a certificate of that CA."""

    certificate: Path
    key: Path
    client_ca: Path | None = None
    client_required: bool = True


class Server:
    """Serves one ASGI app on 127.0.0.1 from `start` to `stop`. Port 0 takes a free one."""

    def __init__(self, app: ASGIApp, *, name: str, port: int = 0, tls: TlsFiles | None = None) -> None:
        self.name = name
        self._app = app
        self._tls = tls
        self._wanted_port = port
        self._socket: socket.socket | None = None
        self._server: _Uvicorn | None = None
        self._thread: threading.Thread | None = None

    @property
    def port(self) -> int:
        """The port it listens on. Raises RuntimeError before `start`."""
        if self._socket is None:
            raise RuntimeError(f"the {self.name} server is not started")
        return int(self._socket.getsockname()[1])

    @property
    def url(self) -> str:
        """Its base URL without a trailing slash; by name with TLS, as the certificate says."""
        return f"https://localhost:{self.port}" if self._tls else f"http://127.0.0.1:{self.port}"

    def start(self) -> Self:
        """Return when the server accepts connections. Raises OSError when the port is taken."""
        self._socket = socket.create_server(("127.0.0.1", self._wanted_port), backlog=256)
        self._server = _Uvicorn(_config(self._app, self._tls))
        self._thread = threading.Thread(
            target=self._server.run, args=([self._socket],), name=f"sandbox-{self.name}", daemon=True
        )
        self._thread.start()
        if not self._server.ready.wait(_START_TIMEOUT_S):
            self.stop()
            raise RuntimeError(f"the {self.name} server did not start within {_START_TIMEOUT_S:.0f} s")
        return self

    def ask_to_stop(self) -> None:
        """Let the server wind down without waiting for it, so that several can do so at once."""
        if self._server is not None:
            self._server.should_exit = True

    def stop(self) -> None:
        """Close the port and end the thread; requests that are under way are broken off."""
        self.ask_to_stop()
        if self._thread is not None:
            self._thread.join(_STOP_TIMEOUT_S)
            if self._thread.is_alive():
                raise RuntimeError(f"the {self.name} server did not stop within {_STOP_TIMEOUT_S:.0f} s")
        if self._socket is not None:
            self._socket.close()
        self._socket = self._server = self._thread = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


class _Uvicorn(uvicorn.Server):
    """Says when it accepts connections."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.ready.set()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        # A polite end would wait for every client to close its idle connections, and for what a fault holds.
        for connection in list(self.server_state.connections):
            connection.transport.abort()
        await asyncio.sleep(0.01)  # the connections learn of it before their tasks do
        for task in list(self.server_state.tasks):
            task.cancel()
        await super().shutdown(sockets)


class _Protocol(H11Protocol):
    """Leaves the connection's transport in the scope, so that a fault can break the connection."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        transport = cast(asyncio.Transport, transport)
        # asyncio leaves Nagle's algorithm on here, which waits 40 ms for an acknowledgement before each answer's body.
        connection: socket.socket = transport.get_extra_info("socket")
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        super().connection_made(transport)
        app = self.app

        async def with_transport(scope: Any, receive: Any, send: Any) -> None:
            scope.setdefault("state", {})[TRANSPORT_KEY] = transport
            try:
                await app(scope, receive, send)
            except asyncio.CancelledError:  # the server stops while the request is held
                transport.abort()

        self.app = with_transport


def _config(app: ASGIApp, tls: TlsFiles | None) -> uvicorn.Config:
    return uvicorn.Config(
        _plain(app),
        http=_Protocol,
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=1,
        ssl_certfile=tls.certificate if tls else None,
        ssl_keyfile=tls.key if tls else None,
        ssl_ca_certs=str(tls.client_ca) if tls and tls.client_ca else None,
        ssl_cert_reqs=_verification(tls),
    )


def _verification(tls: TlsFiles | None) -> int:
    if tls is None or tls.client_ca is None:
        return CERT_NONE
    return CERT_REQUIRED if tls.client_required else CERT_OPTIONAL


def _plain(app: ASGIApp) -> Any:
    """Return `app` as a function: uvicorn would look at an object to guess which interface it speaks."""

    async def call(scope: Scope, receive: Receive, send: Send) -> None:
        await app(scope, receive, send)

    return call
