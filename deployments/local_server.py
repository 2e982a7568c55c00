"""A Prefect server, and a worker beside it, as child processes with their own home, ports and database."""

import random
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from deployments.spawned import prefect_program, spawn, stop
from domain.errors import ConfigError
from domain.work_pool import WORK_POOL

_QUIET_PORTS = range(20_000, 32_000)
_START_S = 120.0


def prefect_environment(home: Path, port: int) -> dict[str, str]:
    """Return the variables that point every Prefect process at the server in `home` on `port`, and at no other."""
    return {
        "PREFECT_HOME": str(home),
        "PREFECT_API_URL": f"http://127.0.0.1:{port}/api",
        "PREFECT_UI_URL": f"http://127.0.0.1:{port}",
        "PREFECT_SERVER_API_HOST": "127.0.0.1",
        "PREFECT_SERVER_API_PORT": str(port),
        "PREFECT_SERVER_ALLOW_EPHEMERAL_MODE": "false",
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
        "PREFECT_SERVER_DATABASE_CONNECTION_URL": f"sqlite+aiosqlite:///{home / 'prefect.db'}",
        "PREFECT_SERVER_CONCURRENCY_LEASE_STORAGE": "prefect.server.concurrency.lease_storage.filesystem",
        # The defaults write each task-run event on its own: 54-65 ms of server CPU a task run instead of 12-16.
        "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_BATCH_SIZE": "100",
        "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_FLUSH_INTERVAL": "1",
        "PREFECT_SERVER_SERVICES_EVENT_PERSISTER_BATCH_SIZE": "200",
        # By default, runs that died while the server was away for minutes are forgotten, and stay Running for ever.
        "PREFECT_SERVER_EVENTS_EXPIRED_BUCKET_BUFFER": "P1D",
        "PREFECT_WORKER_QUERY_SECONDS": "2",
        "DO_NOT_TRACK": "1",
        "PREFECT_CLI_PROMPT": "false",
    }


def free_port() -> int:
    """Return a loopback port that nobody listens on now.

    Below those that Linux gives to outgoing connections: between now and its use, one of them would take it.
    """
    for port in (*random.sample(_QUIET_PORTS, 20), 0):
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return int(probe.getsockname()[1])
    raise ConfigError(["no free port on the loopback interface"])


@contextmanager
def local_server(home: Path, port: int, environment: Mapping[str, str]) -> Iterator[str]:
    """Run a Prefect server until the block ends; gives the address of its UI. Its log is `home`/server.log."""
    pid = start_server(home, port, environment)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        stop(pid)


@contextmanager
def local_worker(home: Path, environment: Mapping[str, str]) -> Iterator[None]:
    """Run a worker that takes the runs of the work pool until the block ends. Its log is `home`/worker.log."""
    arguments = ["worker", "start", "--pool", WORK_POOL, "--type", "process", "--name", "local"]
    pid = _start(arguments, home / "worker.log", environment).pid
    try:
        yield
    finally:
        stop(pid)


def start_server(home: Path, port: int, environment: Mapping[str, str]) -> int:
    """Start a Prefect server and return its process id once it answers; `stop` ends it.

    Raises ConfigError when the port is taken or the server does not start.
    """
    require_free(port)
    home.mkdir(parents=True, exist_ok=True)
    log = home / "server.log"
    process = _start(server_arguments(port), log, environment)
    try:
        wait_until_it_answers(f"http://127.0.0.1:{port}/api", log, is_running=lambda: process.poll() is None)
    except BaseException:
        stop(process.pid)
        raise
    return process.pid


def require_free(port: int) -> None:
    """Raise ConfigError where somebody listens on that loopback port."""
    # Whoever listens there may be another Prefect server, which would be taken for the one that is starting.
    try:
        socket.create_server(("127.0.0.1", port)).close()
    except OSError as error:
        raise ConfigError([f"the Prefect server cannot use port {port}: {error.strerror}; choose another"]) from None


def _start(arguments: list[str], log: Path, environment: Mapping[str, str]) -> "subprocess.Popen[bytes]":
    with log.open("ab") as output:
        return spawn(prefect_program(*arguments), environment, output=output)


def server_arguments(port: int) -> list[str]:
    """Return the arguments with which `prefect` is a server on that port, for this machine only."""
    return ["server", "start", "--host", "127.0.0.1", "--port", str(port)]


def wait_until_it_answers(api_url: str, log: Path, *, is_running: Callable[[], bool]) -> None:
    """Wait for a server that is starting. Raises ConfigError when it has ended, or takes too long."""
    deadline = time.monotonic() + _START_S
    while not answers(api_url):
        if not is_running():
            raise ConfigError([f"the Prefect server stopped while starting; its reason is in {log}"])
        if time.monotonic() > deadline:
            raise ConfigError([f"the Prefect server did not answer within {_START_S:.0f} s; see {log}"])
        time.sleep(0.2)


def answers(api_url: str) -> bool:
    """Tell whether a Prefect server answers at that address of its API."""
    try:
        with urllib.request.urlopen(f"{api_url}/health", timeout=5):  # noqa: S310  a setting, or loopback
            return True
    except (urllib.error.URLError, OSError, ValueError):
        return False
