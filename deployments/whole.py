"""A small installation as a whole: Prefect server, worker and receiver, kept running from one process."""

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from prefect.settings import get_current_settings

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
_OF_THE_SERVER = ("PREFECT_SERVER_", "PREFECT_UI_URL")


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
        self._port = urlsplit(self.api_url).port or _DEFAULT_PORT
        self._is_here = urlsplit(self.api_url).hostname in _LOOPBACK
        self._said = get_current_settings().to_environment_variables(exclude_unset=True)
        self.environment = self._environment()

    @property
    def ui_url(self) -> str:
        """Where the Prefect pages are."""
        return self._said.get("PREFECT_UI_URL") or self.api_url.removesuffix("/api")

    def _environment(self) -> dict[str, str]:
        """Return what every program is given, but for what Prefect's settings say themselves, wherever they stand.

        A PostgreSQL for Prefect's own database, above all; `.env` is among the places. What a server elsewhere is, and
        where its pages are, is not for us to say.
        """
        ours = prefect_environment(self.folder, self._port) | {"PREFECT_API_URL": self.api_url}
        said = self._said.keys() - {"PREFECT_API_URL"}
        elsewhere = () if self._is_here else tuple(name for name in ours if name.startswith(_OF_THE_SERVER))
        return {name: value for name, value in ours.items() if name not in said and name not in elsewhere}

    @contextmanager
    def server(self) -> Iterator[None]:
        """Run the Prefect server, unless one answers there already. Raises ConfigError where it does not start."""
        if answers(self.api_url):
            self._say(f"Using the Prefect server at {self.ui_url}, which runs already")
            yield
            return
        if not self._is_here:
            raise ConfigError(
                [f"PREFECT_API_URL: {self.api_url} does not answer; correct it, or start the server there"]
            )
        require_free(self._port)
        program = prefect_program(*server_arguments(self._port))
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
