"""A small installation as a whole: Prefect server, worker and receiver, kept running from one process."""

import os
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from deployments.local_server import (
    answers,
    prefect_environment,
    require_free,
    server_arguments,
    wait_until_it_answers,
)
from deployments.spawned import our_program, prefect_program
from deployments.supervised import Program, Say, Supervised
from domain.errors import ConfigError
from domain.work_pool import WORK_POOL

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
        if answers(self.api_url):
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
        program = prefect_program(*server_arguments(port))
        with self._running("Prefect server", program, "server.log", shown=None) as server:
            wait_until_it_answers(self.api_url, server.program.log, is_running=lambda: server.pid is not None)
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
