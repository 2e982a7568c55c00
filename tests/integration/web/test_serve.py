"""`serve` and `box-webhook` as somebody at a terminal meets them, with a Prefect server and a simulated Box."""

import signal
import socket
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
import requests
from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import FlowRun
from prefect.settings import PREFECT_API_URL, temporary_settings
from sqlalchemy import select

from blocks.bootstrap import save_blocks
from blocks.settings import load_settings
from db.engine import Store
from db.models import DerivativeAsset
from db.repositories.inbox import unhandled_events
from deployments.local_server import free_port, local_server, local_worker, prefect_environment
from deployments.setup import set_up
from entrypoints.web.app import WEBHOOK_PATH
from entrypoints.web.runs import DEPLOYMENT, start_run
from sandbox.box.deliveries import Keys, signed_headers, wire_form
from sandbox.certificates import write_private
from sandbox.drops import STILL
from sandbox.environment import write_env_file
from sandbox.seeds import SMALL
from sandbox.twin import Twin
from tests.acceptance.command import CHECKOUT, DEADLINE_S, alone, content_scaling, start
from tests.acceptance.homeward import HandedOut
from tests.acceptance.prefect_home import used_home
from tests.waiting import until

SCHEMA = {"type": "object", "properties": {"file_ids": {"type": "array", "items": {"type": "string"}}}}


@pytest.fixture(scope="module")
def prefect(prefect_server: dict[str, str]) -> Iterator[dict[str, str]]:
    """The variables that point at a Prefect server of this module's own, which has the deployment."""
    with tempfile.TemporaryDirectory(prefix="content-scaling-prefect-") as folder:
        home, port = used_home(Path(folder), Path(prefect_server["PREFECT_HOME"])), free_port()
        variables = prefect_environment(home, port) | {"PREFECT_LOGGING_TO_API_ENABLED": "false"}
        with local_server(home, port, variables), here(variables):
            flow, _, name = DEPLOYMENT.partition("/")
            with get_client(sync_client=True) as client:
                client.create_deployment(client.create_flow_from_name(flow), name, parameter_openapi_schema=SCHEMA)
            yield variables


@contextmanager
def here(variables: dict[str, str]) -> Iterator[None]:
    """Let this process talk to that Prefect server."""
    with temporary_settings({PREFECT_API_URL: variables["PREFECT_API_URL"]}):
        yield


@dataclass
class Installation:
    """An installation that is set up: its environment, its Box, its database."""

    environment: dict[str, str]
    twin: Twin
    store: Store

    @property
    def folder_id(self) -> str:
        return self.twin.box_folders["BOX_FOLDER_DERIVATIVES"]

    def command(self, *arguments: str) -> tuple[int, str, str]:
        done = content_scaling(*arguments, environment=self.environment)
        return done.returncode, done.stdout, done.stderr

    def place(self, name: str, folder_id: str | None = None, **more) -> str:
        """Place a file as the agency, and return its id once Box has told of it."""
        file = self.twin.box.add_file(folder_id or self.folder_id, name, name.encode(), **more)
        self.twin.box.webhooks.wait(DEADLINE_S)
        return file.id

    @contextmanager
    def served(self) -> Iterator[str]:
        """Run `serve`; gives its address, and ends it as a supervisor does."""
        process = start("serve", "--port", "0", environment=self.environment)
        assert process.stdout is not None
        try:
            line = process.stdout.readline()
            assert line.startswith("Receiving at http://127.0.0.1:"), line + process.stdout.read()
            yield line.split()[2].rstrip(";")
        finally:
            process.send_signal(signal.SIGTERM)
            self.log, _ = process.communicate(timeout=DEADLINE_S)
        assert process.returncode == 0, self.log


@pytest.fixture
def installation(tmp_path: Path, prefect: dict[str, str], store: Store, monkeypatch) -> Iterator[Installation]:
    with Twin(tmp_path / "twin", seed=SMALL) as twin:
        env_file = tmp_path / "env"
        write_env_file(env_file, {**twin.env(), "DATABASE_URL": store.url}, also={})
        own = {"ENV_FILE": str(env_file), "BLOCKS_NAME": "serve"}
        for name, value in own.items():
            monkeypatch.setenv(name, value)
        save_blocks(load_settings())
        yield Installation(alone(tmp_path / "home", **{**prefect, **own}), twin, store)


def flow_runs() -> dict[str, FlowRun]:
    """The runs that were started, by the first of their files."""
    with get_client(sync_client=True) as client:
        return {run.parameters["file_ids"][0]: run for run in client.read_flow_runs()}


def test_a_run_is_started_once_for_each_key(prefect: dict[str, str]):
    run_id = start_run(["42", "43"], "e-1")
    assert start_run(["42", "43"], "e-1") == run_id
    assert start_run(["44"], "e-2") != run_id
    found = flow_runs()
    assert found["42"].parameters == {"file_ids": ["42", "43"]}
    assert (str(found["42"].id), found["42"].tags) == (run_id, ["webhook"])


def test_a_file_that_an_agency_places_is_started_within_seconds(installation: Installation):
    twin, store = installation.twin, installation.store
    with installation.served() as address:
        code, output, _ = installation.command("box-webhook", "create", address)
        assert (code, "tells " + address in output) == (0, True)
        first = installation.place("a.mp4")
        ours = installation.place("b.mp4", user_id=twin.box.app.service_user_id)
        until(lambda: first in flow_runs(), what="the run", timeout=DEADLINE_S)
        until(lambda: started(store) == {first: str(flow_runs()[first].id)}, what="the note of the run")
        last = installation.place("c.mp4")
        board = requests.get(f"{address.removesuffix(WEBHOOK_PATH)}/", timeout=DEADLINE_S)
        assert "No campaign is known yet." in board.text
    assert flow_runs()[last].parameters == {"file_ids": [last]}, "what waits at the end is started"
    assert set(started(store)) == {first, last}
    assert [delivery.status for delivery in twin.box.webhooks.deliveries] == [200, 200, 200]
    assert f"about file {ours}: we placed the file ourselves" in installation.log
    assert "Traceback" not in installation.log
    keys = twin.box.webhooks.keys
    assert not {word for word in (keys.primary, keys.secondary) if word in installation.log}


@pytest.mark.sweep
def test_a_file_is_in_the_dam_soon_after_it_was_placed(
    installation: Installation, prefect: dict[str, str], tmp_path: Path
):
    agency = HandedOut(installation)
    set_up(load_settings(), CHECKOUT, lambda _: None, installation.environment)
    with local_worker(tmp_path, installation.environment), installation.served() as address:
        assert installation.command("box-webhook", "create", address)[0] == 0
        file = agency.drops.whole(agency.of("Key Visual.png"), STILL, size=20_000)
        until(lambda: arrived(installation.store), what="the file to arrive", timeout=DEADLINE_S)
    assert arrived(installation.store) == [file.sha1]
    with installation.store.transaction() as session:
        assert unhandled_events(session) == []


def arrived(store: Store) -> list[str | None]:
    """Checksum of each derivative that is in the DAM, once its run has closed what Box told of it."""
    with store.transaction() as session:
        rows = session.scalars(select(DerivativeAsset).where(DerivativeAsset.upload_status == "completed"))
        return [] if unhandled_events(session) else [row.box_sha1 for row in rows]


def started(store: Store) -> dict[str | None, str | None]:
    with store.transaction() as session:
        return {event.file_id: event.run_id for event in unhandled_events(session) if event.started_at is not None}


@pytest.mark.sweep
def test_a_webhook_is_made_once_listed_and_deleted(installation: Installation):
    address = "https://hooks.example.com/webhooks/box"
    code, output, _ = installation.command("box-webhook", "create", address)
    assert code == 0
    assert output.strip().endswith(f": tells {address} of files placed in folder {installation.folder_id}")
    assert installation.command("box-webhook", "create", address) == (0, output, "")
    number = output.split()[1].rstrip(":")
    listed = f"{number}  folder {installation.folder_id}  {address}  FILE.UPLOADED\n"
    assert installation.command("box-webhook", "list") == (0, listed, "")
    assert installation.command("box-webhook", "delete", number) == (0, f"webhook {number}: deleted\n", "")
    assert installation.command("box-webhook", "list")[1].startswith("no webhook; make one with: ")
    assert installation.command("box-webhook", "delete", number)[0] == 1
    assert installation.command("box-webhook", "delete", "../users/me")[0] == 2


def test_without_a_key_the_pages_are_served_without_box_and_without_prefect(tmp_path: Path, store: Store):
    environment = alone(tmp_path / "home", DATABASE_URL=store.url, BOX_WEBHOOK_PRIMARY_KEY=" ")
    with serve_in(environment, "No webhooks: neither BOX_WEBHOOK_PRIMARY_KEY nor ") as (_, address):
        assert "No campaign is known yet." in requests.get(f"{address}/", timeout=DEADLINE_S).text
        assert requests.get(f"{address}/healthz", timeout=DEADLINE_S).text == "database: reachable\n"
        assert requests.post(f"{address}{WEBHOOK_PATH}", timeout=DEADLINE_S).status_code == 404


@pytest.mark.sweep
def test_where_neither_box_nor_prefect_answers_events_are_kept_and_pages_shown(tmp_path: Path, store: Store):
    jwt = tmp_path / "box-app.json"
    write_private(jwt, b"{}")
    nowhere = f"http://127.0.0.1:{free_port()}"
    own = {"BOX_JWT_CONFIG_PATH": str(jwt), "BOX_API_URL": nowhere, "BOX_FOLDER_DERIVATIVES": "12"}
    away = {"BOX_WEBHOOK_PRIMARY_KEY": "key-1", "PREFECT_API_URL": f"{nowhere}/api", "DATABASE_URL": store.url}
    event = {"id": "e-1", "trigger": "FILE.UPLOADED", "created_by": {"id": "7"}}
    body = wire_form({**event, "source": {"type": "file", "id": "42", "parent": {"id": "12"}}}, is_escaped=True)
    headers = signed_headers(body, Keys("key-1", "key-2"), datetime.now(UTC), "1")
    with serve_in(alone(tmp_path / "home", **own, **away), "Receiving at http://127.0.0.1:") as (log, address):
        answer = requests.post(f"{address}{WEBHOOK_PATH}", data=body, headers=headers, timeout=DEADLINE_S)
        assert answer.status_code == 200
        assert "No campaign is known yet." in requests.get(f"{address}/", timeout=DEADLINE_S).text
    with store.transaction() as session:
        assert [kept.file_id for kept in unhandled_events(session)] == ["42"]
    said = "".join(log)
    assert "the Prefect server at" in said and "starting a run for 1 files failed" in said
    assert "Traceback" not in said


@contextmanager
def serve_in(environment: dict[str, str], begins: str) -> Iterator[tuple[list[str], str]]:
    """Run `serve`, which says this first; gives what it says, all of it in the end, and its address."""
    process = start("serve", "--port", "0", environment=environment)
    assert process.stdout is not None
    log: list[str] = []
    try:
        for line in process.stdout:
            log.append(line)
            if "Status pages at" in line:
                break
        assert any(line.startswith(begins) for line in log), log
        yield log, log[-1].partition("Status pages at ")[2].split("/ ")[0]
    finally:
        process.send_signal(signal.SIGTERM)
        rest, _ = process.communicate(timeout=DEADLINE_S)
        log.append(rest)
    assert process.returncode == 0, log


def test_what_webhooks_need_is_told_at_once_and_that_nothing_could_be_served_too(tmp_path: Path):
    done = content_scaling("serve", environment=alone(tmp_path / "home", BOX_WEBHOOK_PRIMARY_KEY="key"), cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    head, *faults = done.stderr.splitlines()
    assert head == "Not started. Mend these settings:"
    assert [fault.partition(":")[0] for fault in faults] == [
        "- BOX_JWT_CONFIG_PATH",
        "- BOX_FOLDER_DERIVATIVES",
        "- PREFECT_API_URL",
    ]
    done = content_scaling("serve", "--host", "0.0.0.0", environment=alone(tmp_path / "home"), cwd=tmp_path)
    assert done.returncode == 2
    assert "no webhooks can be taken: neither" in done.stderr and "Status pages are off" in done.stderr


def test_a_port_that_is_taken_is_told(installation: Installation):
    with closing(socket.create_server(("127.0.0.1", 0))) as holder:
        code, _, problems = installation.command("serve", "--port", str(holder.getsockname()[1]))

    assert code == 2
    assert "cannot listen there (Address already in use); choose another" in problems


@pytest.mark.parametrize(
    ("path", "words"),
    [
        (("serve",), ("--host", "--port", "--proxy", "8440", "until Ctrl-C")),
        (("box-webhook",), ("create", "list", "delete")),
        (("box-webhook", "create"), ("ADDRESS", "--folder", "BOX_FOLDER_DERIVATIVES")),
    ],
)
def test_help_says_what_the_commands_do(tmp_path: Path, path: tuple[str, ...], words: tuple[str, ...]):
    done = content_scaling(*path, "--help", environment=alone(tmp_path))
    assert {word for word in words if word not in done.stdout} == set()
