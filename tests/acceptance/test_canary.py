"""Every secret is a marker, everything is logged, systems refuse us and repeat what they were sent: no marker shows."""

import base64
import json
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from prefect.client.orchestration import get_client
from prefect.settings import PREFECT_API_URL, temporary_settings

from blocks.settings import load_settings
from deployments.local_server import free_port, local_server, prefect_environment
from domain.masking import MASK
from entrypoints.web.app import Receiver
from entrypoints.web.serving import _keys, open_pages, page_access
from sandbox.drops import STILL
from sandbox.scorecards import Scorecards
from tests.acceptance.campaigns import FINALS, asset, campaign, masters, seed
from tests.acceptance.canary import DEFECT, MarkedWorld, Runs, found_in, kept_by_prefect, marked_certificates, task_runs
from tests.acceptance.command import content_scaling, of
from tests.acceptance.conftest import LOUD, PLAIN, one_authority
from tests.acceptance.homeward import TITLE, HandedOut
from tests.acceptance.prefect_home import used_home
from tests.acceptance.watched import standing
from tests.acceptance.world import RUN_S, Site
from tests.integration.web.conftest import serving
from tests.postgres import fresh_database
from tests.waiting import until

OUT, HOME, LIVE = "C000001601", "C000001602", "C000001603"
WORK: Runs = (("a1-to-a2", {}), ("creativex-scores", {}), ("a2-to-a3", {}), ("deliver-messages", {}))


@pytest.fixture
def server(prefect_server: dict[str, str]) -> Iterator[dict[str, str]]:
    """The variables that point at a Prefect server that keeps all that it is told."""
    with tempfile.TemporaryDirectory(prefix="content-scaling-prefect-") as folder:
        home, port = used_home(Path(folder), Path(prefect_server["PREFECT_HOME"])), free_port()
        variables = prefect_environment(home, port) | LOUD | PLAIN | one_authority(home)
        here = {PREFECT_API_URL: variables["PREFECT_API_URL"]}
        with local_server(home, port, variables), temporary_settings(here):
            yield variables


@pytest.fixture
def world(server: dict[str, str], sites: Callable[[int], Site], postgres: str, tmp_path: Path) -> Iterator[MarkedWorld]:
    shared = sites(0)
    site = Site(tmp_path / "site", shared.database, marked_certificates(tmp_path / "certificates"), shared.ports)
    campaigns = seed(
        campaign(OUT, asset("Key Visual.png"), asset("Spot.mp4")),
        {"number": HOME, "name": "Home", "status": "A2", "folders": [masters(asset("Other.png")), FINALS]},
        standing(LIVE),
    )
    with (
        fresh_database(postgres, shared.database) as url,
        MarkedWorld(site, tmp_path / "world", url, campaigns) as world,
    ):
        yield world


def hand_in(world: MarkedWorld) -> None:
    agency = HandedOut(world, HOME)
    agency.drops.whole(agency.of("Other.png"), STILL)
    agency.drops.misnamed(agency.of("Other.png"))
    Scorecards(world.twin).whole(TITLE)


def test_no_secret_shows_anywhere(world: MarkedWorld, server: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {**world.environment, **server}.items():
        monkeypatch.setenv(name, value)
    places = {}
    hand_in(world)
    world.run_all([("backup-database", {})], server)
    world.echo("otmm", r"/contents$", 500, "OTMM")
    world.echo("hooks", "", 500, "plain")
    more: Runs = [("a4-live", {}), ("a1-to-a2", {"dam_auth": "mtls"})]
    lines = json_lines(world.run_all([*WORK, *more], {**server, "LOG_FORMAT": "json"}))
    world.refuse()
    world.remember_tokens()  # which no other process knows, so that nobody is let repeat them
    world.sql("UPDATE outbox SET state = 'pending', next_attempt_at = now()")
    world.run_all([*WORK, ("daily-report", {}), (DEFECT, {})], server)
    for command in ("check", "report"):
        told = content_scaling(command, environment=of(world, **server))
        places[command] = told.stdout + told.stderr
    places |= pages(world)
    world.change(DATABASE_URL=f"postgresql://nobody:{world.markers['database']}@127.0.0.1:{free_port()}/x")
    world.run_all([("backup-database", {})], server)

    with get_client(sync_client=True) as client:
        until(lambda: "RuntimeError" in task_runs(client), what="Prefect to keep the runs of tasks", timeout=RUN_S)
        places |= kept_by_prefect(client)
    places |= {"the terminal": world.printed(), **world.tables()}
    places["mails"] = "\n".join(f"{mail.text}\n{mail.html}\n{mail.headers}" for mail in world.twin.mail.mails)
    places["webhooks"] = "\n".join(f"{each.headers} {each.text}" for each in world.twin.hooks.deliveries)
    places["the server's log"] = (Path(server["PREFECT_HOME"]) / "server.log").read_text()
    assert {place: found for place, text in places.items() if (found := found_in(text, world.markers))} == {}
    # That it could have shown: systems did repeat it, and their words were kept.
    for place in ("the terminal", "logs", "flow_runs", "task_runs", "states", "artifacts", "outbox", "mails", "check"):
        assert MASK in places[place].replace("\\", ""), place  # Markdown escapes it
    assert f"RuntimeError: cannot send header 'Bearer {MASK}', '{MASK}'" in places["flow_runs"]
    assert '"client_secret":"********"' in places["block_documents"].replace(": ", ":")
    # While at it: lines of libraries say what they are about, as structure and, in Prefect, as text.
    (tracking_id, *_) = (each for (each,) in world.sql("SELECT tracking_id FROM master_assets ORDER BY id DESC"))
    about = {(line["campaign"], line["tracking_id"]) for line in lines if "tracking_id" in line}
    assert (OUT, tracking_id) in about
    assert "urllib3.connectionpool" in {line["logger"] for line in lines if line.get("tracking_id") == tracking_id}
    assert f"[campaign {OUT}, tracking id {tracking_id}]" in places["logs"]


def json_lines(log: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in log.read_text().splitlines() if line.startswith("{")]


def pages(world: MarkedWorld) -> dict[str, str]:
    """What the receiver's pages say, to one who is signed in, to one who is not, and in trouble."""
    import requests

    settings = load_settings()
    access = page_access(settings, host="127.0.0.1", proxy="127.0.0.1")
    receiver = Receiver(keys=_keys(settings), store=world.store, start=print, folder_id="1", own_user_id=lambda: "2")
    shown = {}
    with (
        open_pages(settings, access, world.store.url) as opened,
        serving(receiver, opened) as address,
        requests.Session() as http,
    ):
        token = world.markers["pages"]
        for path in ("/", "/healthz", "/names", f"/campaigns/{OUT}", "/assets/nobody", "/gone"):
            for headers in ({}, {"Authorization": f"Bearer {token}"}, {"Authorization": "Bearer wrong"}):
                answer = http.get(address + path, headers=headers, timeout=20)
                shown[f"{path} {len(headers)}"] = f"{answer.text} {answer.headers}"
    return shown


@pytest.mark.parametrize("shape", ["plain", "quoted", "base64"])
def test_a_marker_would_be_found(shape: str) -> None:
    secret = "canary/with some+signs"
    text = {
        "plain": secret,
        "quoted": quote(secret, safe=""),
        "base64": base64.b64encode(f"user:{secret}".encode()).decode(),
    }[shape]
    assert found_in(json.dumps({"said": f"x {text}"}), {"it": secret}) == {"it"}
