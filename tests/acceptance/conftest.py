"""Fixtures of the acceptance tests: a real Prefect server for all of them, and a world of its own for each."""

import itertools
import os
import shutil
import socket
import tempfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import fields
from pathlib import Path
from typing import Any

import certifi
import pytest
from prefect.context import refresh_global_settings_context

from deployments.local_server import free_port, prefect_environment, start_server
from deployments.spawned import stop as stop_process
from sandbox.certificates import Certificates, make_certificates
from sandbox.options import Ports
from sandbox.seeds import SMALL
from tests.acceptance.prefect_home import keep_database
from tests.acceptance.world import Site, World
from tests.postgres import fresh_database
from tests.sharing import shared

collect_ignore = ["preloaded.py"]  # enters settings: in this process they would hide those that `prefect` makes


QUIET = {"PREFECT_LOGGING_TO_API_ENABLED": "false"} | {
    f"PREFECT_SERVER_SERVICES_{service}_ENABLED": "false"
    for service in ("EVENT_PERSISTER", "TASK_RUN_RECORDER", "TRIGGERS", "LATE_RUNS", "FOREMAN", "CANCELLATION_CLEANUP")
}
"""What no test looks at, and what makes runs of several processes wait for each other: SQLite takes one writer."""

LOUD = dict.fromkeys(QUIET, "true")
"""The opposite, for servers of tests that look at it: `prefect` leaves QUIET in the environment."""

PLAIN = {"PREFECT_CLIENT_SERVER_VERSION_CHECK_ENABLED": "false", "PREFECT_CLIENT_CSRF_SUPPORT_ENABLED": "false"}
"""Without requests that each client of Prefect starts with, and that are not about anything of ours."""


@pytest.fixture(scope="session")
def shared_folder(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """A folder that the workers of this session share."""
    base = tmp_path_factory.getbasetemp()
    return base if worker_id == "master" else base.parent


@pytest.fixture(scope="session")
def prefect_server(shared_folder: Path) -> Iterator[dict[str, str]]:
    """The variables that point at a Prefect server, which serves all workers."""

    def start() -> dict[str, str | int]:
        port = free_port()
        home = Path(tempfile.mkdtemp(prefix="content-scaling-prefect-"))
        variables = prefect_environment(home, port) | QUIET | PLAIN | one_authority(home)
        pid = start_server(home, port, variables)
        keep_database(home)
        return {"pid": pid, "home": str(home), **variables}

    def stop(facts: dict[str, str | int]) -> None:
        stop_process(int(facts["pid"]))
        shutil.rmtree(str(facts["home"]))

    with shared(shared_folder, "prefect", start, stop) as facts:
        yield {name: value for name, value in facts.items() if name.isupper()}


def one_authority(home: Path) -> dict[str, str]:
    """Let Prefect's clients, which speak plain HTTP here, not read each authority of the web: 60 ms for each client."""
    first, end, _ = Path(certifi.where()).read_text(encoding="utf-8").partition("-----END CERTIFICATE-----")
    (home / "ca.pem").write_text(f"{first}{end}\n", encoding="utf-8")
    return {"PREFECT_API_SSL_CERT_FILE": str(home / "ca.pem")}


@pytest.fixture(scope="session")
def prefect(prefect_server: dict[str, str]) -> Iterator[dict[str, str]]:
    """The variables that point at that server, which also stand in this process's environment."""
    before = dict(os.environ)
    os.environ.update(prefect_server)
    refresh_global_settings_context()  # read when Prefect was imported; it would start a server of its own
    yield prefect_server
    os.environ.clear()
    os.environ.update(before)
    refresh_global_settings_context()


@pytest.fixture(scope="session")
def certificates(shared_folder: Path) -> Certificates:
    """Certificates and keys, made once: RSA takes its time."""
    return make_certificates(shared_folder / f"certificates-{os.getpid()}")


@pytest.fixture(scope="session")
def sites(
    certificates: Certificates, tmp_path_factory: pytest.TempPathFactory, worker_id: str, testrun_uid: str
) -> Callable[[int], Site]:
    """Where this worker's worlds stand: the n-th world of a test stands where that of the test before did."""
    known: list[Site] = []
    own = ports_of(worker_id, testrun_uid)

    def site(number: int) -> Site:
        while len(known) <= number:
            database = f"world_{os.getpid()}_{len(known)}"
            ports = Ports(*(next(own) for _ in fields(Ports)))
            known.append(Site(tmp_path_factory.mktemp("site"), database, certificates, ports))
        return known[number]

    return site


def ports_of(worker_id: str, testrun_uid: str) -> Iterator[int]:
    """Return free ports that no other worker takes, nor `free_port`: a site has its ports while no world uses them.

    Sessions beside each other hardly ever have the same.
    """
    session = zlib.crc32(testrun_uid.encode()) % 7
    first = 12_000 + 1_000 * session + 250 * int(worker_id.removeprefix("gw") if worker_id != "master" else 0)
    return (port for port in range(first, first + 250) if _is_free(port))


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


@pytest.fixture(scope="module")
def kept() -> dict[str, Any]:
    """What is made once for all tests of a module."""
    return {}


@pytest.fixture
def make_world(
    tmp_path: Path, postgres: str, prefect: dict[str, str], sites: Callable[[int], Site]
) -> Iterator[Callable[..., World]]:
    """Make a world from a seed: its own DAM, Box, mail and webhook receiver, database and Prefect blocks."""
    with ExitStack() as worlds:
        numbers = itertools.count()

        def make(seed: object = SMALL, **settings: object) -> World:
            number = next(numbers)
            site = sites(number)
            url = worlds.enter_context(fresh_database(postgres, site.database))
            changes = {name: str(value) for name, value in settings.items()}
            return worlds.enter_context(World(site, tmp_path / f"world-{number}", url, seed, changes))

        yield make


@pytest.fixture
def world(make_world: Callable[..., World]) -> World:
    """A world with one small campaign in A1."""
    return make_world()
