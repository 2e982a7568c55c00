"""SMTP server of the mail sink, with STARTTLS and AUTH (RFC 5321, 3207, 4954).

Its faults are those of the HTTP services, read so: `method` is MAIL, RCPT or DATA; `path` searches the address, for
DATA the recipients with blanks between them. status: answered in place of the work, with an SMTP code such as 451 or
550; after, at DATA: the mail is kept, then answered so; cut: likewise, but the connection is dropped; latency; hang.
"""

import asyncio
import logging
import socket
import ssl
import threading
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

from sandbox.faults import Fault, Faults, Seen
from sandbox.mail.errors import FAULT_TEXT, OK, TAKEN
from sandbox.mail.models import MailState

_TIMEOUT_S = 10.0

# aiosmtpd warns of an attribute of its own at every sign-in.
logging.getLogger("mail.log").setLevel(logging.ERROR)


class SmtpServer:
    """Listens on 127.0.0.1 from `start` to `stop`. Port 0 takes a free one."""

    def __init__(self, state: MailState, faults: Faults, *, certificate: Path, key: Path, port: int = 0) -> None:
        self._state = state
        self._handler = _Handler(state, faults)
        self._tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        self._tls.load_cert_chain(certificate, key)
        self._wanted_port = port
        self._socket: socket.socket | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopping: asyncio.Event | None = None
        self._thread: threading.Thread | None = None
        self._ready = threading.Event()

    @property
    def port(self) -> int:
        """The port it listens on. Raises RuntimeError before `start`."""
        if self._socket is None:
            raise RuntimeError("the SMTP server is not started")
        return int(self._socket.getsockname()[1])

    def start(self) -> Self:
        """Return when the server accepts connections. Raises OSError when the port is taken."""
        self._socket = socket.create_server(("127.0.0.1", self._wanted_port))
        self._ready.clear()
        self._thread = threading.Thread(
            target=asyncio.run, args=(self._serve(self._socket),), name="sandbox-smtp", daemon=True
        )
        self._thread.start()
        if not self._ready.wait(_TIMEOUT_S):
            raise RuntimeError(f"the SMTP server did not start within {_TIMEOUT_S:.0f} s")
        return self

    def stop(self) -> None:
        """Close the port, break open sessions off, end the thread."""
        if self._thread is not None and self._loop is not None and self._stopping is not None:
            self._loop.call_soon_threadsafe(self._stopping.set)
            self._thread.join(_TIMEOUT_S)
        if self._socket is not None:
            self._socket.close()
        self._socket = self._loop = self._stopping = self._thread = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    async def _serve(self, listener: socket.socket) -> None:
        self._loop, self._stopping = asyncio.get_running_loop(), asyncio.Event()
        server = await self._loop.create_server(self._session, sock=listener)
        self._ready.set()
        await self._stopping.wait()
        server.close()

    def _session(self) -> Any:
        return SMTP(
            self._handler,
            hostname="localhost",
            ident="sandbox",
            enable_SMTPUTF8=True,
            tls_context=self._tls,
            require_starttls=self._state.settings.require_starttls,
            auth_required=True,
            auth_require_tls=self._state.settings.require_starttls,
            authenticator=self._authenticate,
            loop=asyncio.get_running_loop(),
        )

    def _authenticate(self, _server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> Any:
        known = isinstance(data, LoginPassword) and self._state.is_user(data.login, data.password)
        return AuthResult(success=known, handled=False)  # not handled: aiosmtpd answers 535 by itself


class _Handler:
    """What happens at MAIL, RCPT and DATA; the method names are aiosmtpd's."""

    def __init__(self, state: MailState, faults: Faults) -> None:
        self._state = state
        self._faults = faults

    async def handle_MAIL(self, server: Any, _session: Any, envelope: Any, address: str, options: list[str]) -> str:
        """Accept the sender."""
        answer = await self._refusal(server, "MAIL", address)
        if answer is None:
            envelope.mail_from = address
            envelope.mail_options.extend(options)
        return answer or OK

    async def handle_RCPT(self, server: Any, _session: Any, envelope: Any, address: str, options: list[str]) -> str:
        """Accept a recipient."""
        answer = await self._refusal(server, "RCPT", address)
        if answer is None:
            envelope.rcpt_tos.append(address)
            envelope.rcpt_options.extend(options)
        return answer or OK

    async def handle_DATA(self, server: Any, _session: Any, envelope: Any) -> str:
        """Keep the mail."""
        seen, hits = self._take("DATA", " ".join(envelope.rcpt_tos))
        await self._slow_down(seen, hits, when="before")
        outcome = _outcome(hits)
        if outcome is not None and outcome.kind == "status":
            seen.status = outcome.status
            return _text(outcome)
        self._state.take(envelope.content, recipients=tuple(envelope.rcpt_tos), via="smtp")
        seen.is_write = True
        await self._slow_down(seen, hits, when="after")
        if outcome is not None and outcome.kind == "cut":
            await _drop(server)
        seen.status = outcome.status if outcome else 250
        return _text(outcome) if outcome else TAKEN

    async def _refusal(self, server: Any, command: str, address: str) -> str | None:
        seen, hits = self._take(command, address)
        await self._slow_down(seen, hits, when="before")
        outcome = _outcome(hits)
        if outcome is not None and outcome.kind == "cut":
            await _drop(server)
        seen.status = outcome.status if outcome else 250
        return _text(outcome) if outcome else None

    def _take(self, command: str, address: str) -> tuple[Seen, list[Fault]]:
        seen = Seen(method=command, path=address, query="", headers={})
        return seen, self._faults.take(seen)

    async def _slow_down(self, seen: Seen, hits: list[Fault], *, when: str) -> None:
        for fault in hits:
            if fault.kind == "latency" and when == "before":
                await asyncio.sleep(fault.seconds)
            elif fault.kind == "hang" and fault.when == when:
                await self._faults.hold(seen)


def _outcome(hits: list[Fault]) -> Fault | None:
    return next((fault for fault in hits if fault.kind in {"status", "after", "cut"}), None)


def _text(fault: Fault) -> str:
    return f"{fault.status} {fault.body if isinstance(fault.body, str) else FAULT_TEXT}"


async def _drop(server: Any) -> None:
    """Break the connection under the session; never returns."""
    server.transport.abort()
    await asyncio.Event().wait()  # aiosmtpd cancels the session when it learns that the connection is gone
