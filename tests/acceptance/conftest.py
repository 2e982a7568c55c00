"""Fixtures of the acceptance tests: a real Prefect server for all of them, and a world of its own for each."""

import os
import secrets
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from deployments.local_server import free_port, prefect_environment, start_server
from deployments.local_server import stop as stop_process
from sandbox.certificates import Certificates, make_certificates
from sandbox.seeds import SMALL
from tests.acceptance.world import World
from tests.postgres import cloned_database
from tests.sharing import shared


@pytest.fixture(scope="session")
def shared_folder(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """A folder that the workers of this session share."""
    base = tmp_path_factory.getbasetemp()
    return base if worker_id == "master" else base.parent


@pytest.fixture(scope="session")
def prefect(shared_folder: Path) -> Iterator[dict[str, str]]:
    """The variables that point at a Prefect server, which also stand in this process's environment."""

    def start() -> dict[str, str | int]:
        port = free_port()
        home = Path(tempfile.mkdtemp(prefix="content-scaling-prefect-"))
        variables = prefect_environment(home, port) | {"PREFECT_LOGGING_TO_API_ENABLED": "false"}
        return {"pid": start_server(home, port, variables), "home": str(home), **variables}

    def stop(facts: dict[str, str | int]) -> None:
        stop_process(int(facts["pid"]))
        shutil.rmtree(str(facts["home"]))

    with shared(shared_folder, "prefect", start, stop) as facts:
        variables = {name: value for name, value in facts.items() if name.isupper()}
        before = dict(os.environ)
        os.environ.update(variables)
        yield variables
        os.environ.clear()
        os.environ.update(before)


@pytest.fixture(scope="session")
def certificates(shared_folder: Path) -> Certificates:
    """Certificates and keys, made once: RSA takes its time."""
    return make_certificates(shared_folder / f"certificates-{os.getpid()}")


@pytest.fixture
def make_world(
    tmp_path: Path, postgres: str, prefect: dict[str, str], certificates: Certificates
) -> Iterator[Callable[..., World]]:
    """Make a world from a seed: its own DAM, Box, mail and webhook receiver, database and Prefect blocks."""
    with ExitStack() as worlds:

        def make(seed: object = SMALL, **settings: object) -> World:
            url = worlds.enter_context(cloned_database(postgres))
            folder = tmp_path / secrets.token_hex(4)
            world = World(folder, url, certificates, seed, {name: str(value) for name, value in settings.items()})
            worlds.callback(world.close)
            return world

        yield make


@pytest.fixture
def world(make_world: Callable[..., World]) -> World:
    """A world with one small campaign in A1."""
    return make_world()
