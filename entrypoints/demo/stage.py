"""Everything the demo runs on: the twin, PostgreSQL, Prefect with a worker, and the receiver, in one folder."""

import os
import shutil
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from db.embedded import EmbeddedPostgres
from db.engine import Store
from deployments.local_server import free_port, local_worker, prefect_environment, start_server
from deployments.spawned import stop
from sandbox.environment import write_env_file
from sandbox.twin import Twin

Say = Callable[[str], None]
_STOP_S = 15.0
_PROMPT = {"PREFECT_WORKER_QUERY_SECONDS": "1"}
"""People wait for each run of the story to be taken up."""


@dataclass(frozen=True)
class Stage:
    """What is up."""

    twin: Twin
    database_url: str
    prefect_url: str
    receiver_url: str
    env_file: Path


@contextmanager
def stage(folder: Path, checkout: Path, seed: Path, say: Say) -> Iterator[Stage]:
    """Start everything in `folder`, which is emptied first, and stop all of it at the end."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    with ExitStack() as up:
        home, port = folder / "prefect", free_port()
        variables = prefect_environment(home, port) | {"ENV_FILE": str(folder / "env"), **_PROMPT}
        say("Starting the Prefect server, and meanwhile the others")
        wait_for_prefect = up.enter_context(_server_beside(home, port, variables))
        say("Making the campaigns and starting the simulated DAM, Box, mail server and webhook receiver")
        twin = up.enter_context(Twin(folder / "sandbox", seed=seed))
        say("Starting PostgreSQL (embedded)")
        database_folder = up.enter_context(_without_blanks(folder / "postgres"))
        database_url = up.enter_context(EmbeddedPostgres(database_folder)).url()
        # Prefect speaks plain HTTP here; each of its clients would take 60 ms to read every authority of the web.
        variables = {**variables, "PREFECT_API_SSL_CERT_FILE": str(twin.certificates.ca_pem)}
        write_env_file(folder / "env", {**twin.env(), "DATABASE_URL": database_url}, also={})
        up.enter_context(_environment(variables))
        wait_for_prefect()
        say("Setting up: database schema, blocks, work pool, deployments")
        _set_up(checkout)
        up.enter_context(local_worker(home, variables))
        say("Starting the receiver of Box's webhooks")
        receiver_url = up.enter_context(_receiver())
        yield Stage(twin, database_url, f"http://127.0.0.1:{port}", receiver_url, folder / "env")


@contextmanager
def _server_beside(home: Path, port: int, variables: Mapping[str, str]) -> Iterator[Callable[[], object]]:
    """Start a Prefect server without waiting for it; gives what waits, and raises what went wrong."""
    with ThreadPoolExecutor(1) as threads:
        starting = threads.submit(start_server, home, port, variables)
        try:
            yield starting.result
        finally:
            if starting.exception() is None:
                stop(starting.result())


@contextmanager
def _without_blanks(folder: Path) -> Iterator[Path]:
    """Give a folder that the embedded PostgreSQL takes: a checkout may lie in a path with blanks, which it does not."""
    if " " not in str(folder):
        yield folder
        return
    with tempfile.TemporaryDirectory(prefix="content-scaling-", ignore_cleanup_errors=True) as elsewhere:
        Path(elsewhere).chmod(0o755)
        yield Path(elsewhere) / "postgres"


def _set_up(checkout: Path) -> None:
    # Imported here: Prefect reads its settings from the environment when it is imported.
    from blocks.settings import WORKFLOWS, load_settings
    from deployments.setup import set_up

    set_up(load_settings("dam-oauth2", "box", "mail", "llamacloud", *WORKFLOWS), checkout, say=lambda _: None)
    pause_schedules(paused=True)


@contextmanager
def _receiver() -> Iterator[str]:
    """Run what `content-scaling serve` runs; gives the address that Box is to tell of files."""
    from entrypoints.web.app import WEBHOOK_PATH, create_app
    from entrypoints.web.server import listen, web_server
    from entrypoints.web.serving import open_receiver, ready_database, receiver_settings

    settings = receiver_settings()
    address = ready_database(settings)
    with (
        closing(listen("127.0.0.1", 0)) as listener,
        open_receiver(settings, address) as receiver,
        closing(Store(address, pool_size=1)) as store,
    ):
        server = web_server(create_app(store, receiver), proxy="127.0.0.1")
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, name="receiver", daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}{WEBHOOK_PATH}"
        finally:
            server.should_exit = True
            thread.join(_STOP_S)


def pause_schedules(*, paused: bool) -> None:
    """Hold the schedules back, or let them go: one that came due while the story is told would have its own run."""
    from prefect.client.orchestration import get_client

    with get_client(sync_client=True) as client:
        change = client.pause_deployment if paused else client.resume_deployment
        for deployment in client.read_deployments():
            change(deployment.id)


@contextmanager
def _environment(variables: dict[str, str]) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
