"""A small installation as a whole: Prefect server, worker and receiver, kept running from one process."""

import os
import socket
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from deployments.local_server import WORK_POOL, prefect_environment, require_free
from deployments.spawned import our_program, prefect_program
from deployments.supervised import Program, Say, Supervised
from domain.errors import ConfigError

_START_S = 120.0
_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_DEFAULT_PORT = 4200


class Whole:
    """What of it is to run, in `folder`, where the logs are and the Prefect server has its files.

    `say` gets one line for each thing that happens to one of the programs, `show` each line that worker and receiver
    write, with whose it is.
    """

    def __init__(self, folder: Path, api_url: str | None, *, say: Say, show: Callable[[str, str], None]) -> None:
        self.api_url = api_url or f"http://127.0.0.1:{_DEFAULT_PORT}/api"
        self.folder = folder
        self._say = say
        self._show = show
        port = urlsplit(self.api_url).port or _DEFAULT_PORT
        ours = prefect_environment(folder, port) | {"PREFECT_API_URL": self.api_url}
        # What the environment says itself goes before: a PostgreSQL for Prefect's own database, above all.
        self.environment = {name: value for name, value in ours.items() if name not in os.environ}

    @property
    def ui_url(self) -> str:
        """Where the Prefect pages are."""
        return self.api_url.removesuffix("/api")

    @contextmanager
    def server(self) -> Iterator[None]:
        """Run the Prefect server, unless one answers there already. Raises ConfigError where it does not start."""
        if self._answers():
            self._say(f"Using the Prefect server at {self.ui_url}, which runs already")
            yield
            return
        parts = urlsplit(self.api_url)
        if parts.hostname not in _LOOPBACK:
            raise ConfigError(
                [f"PREFECT_API_URL: {self.api_url} does not answer; correct it, or start the server there"]
            )
        port = parts.port or _DEFAULT_PORT
        require_free(port)
        program = prefect_program("server", "start", "--host", "127.0.0.1", "--port", str(port))
        with self._running("Prefect server", program, "server.log", shown=None) as server:
            self._wait_until_healthy(server)
            yield

    @contextmanager
    def worker(self) -> Iterator[Supervised]:
        """Run a worker that takes the runs of the work pool."""
        program = prefect_program("worker", "start", "--pool", WORK_POOL, "--name", f"up-{socket.gethostname()}")
        with self._running("worker", program, "worker.log", shown="worker") as worker:
            yield worker

    @contextmanager
    def receiver(self, host: str, port: int, proxy: str) -> Iterator[Supervised]:
        """Run what `content-scaling serve` runs."""
        program = our_program("serve", "--host", host, "--port", str(port), "--proxy", proxy)
        with self._running("receiver", program, "receiver.log", shown="receiver") as receiver:
            yield receiver

    @contextmanager
    def _running(self, name: str, arguments: list[str], log: str, *, shown: str | None) -> Iterator[Supervised]:
        program = Program(name, arguments, self.environment, self.folder / log)
        show = (lambda line: self._show(shown, line)) if shown is not None else None
        child = Supervised(program, owner=str(self.folder), say=self._say, show=show)
        child.start()
        try:
            yield child
        finally:
            child.stop()

    def _wait_until_healthy(self, server: Supervised) -> None:
        deadline = time.monotonic() + _START_S
        while not self._answers():
            if server.pid is None:
                raise ConfigError([f"the Prefect server stopped while starting; its reason is in {server.program.log}"])
            if time.monotonic() > deadline:
                raise ConfigError(
                    [f"the Prefect server did not answer within {_START_S:.0f} s; see {server.program.log}"]
                )
            time.sleep(0.2)

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.api_url}/health", timeout=5):  # noqa: S310  the address is a setting
                return True
        except (urllib.error.URLError, OSError, ValueError):
            return False
