"""The command line, as somebody at a terminal or a script meets it."""

import json
import re
import signal
import socket
import stat
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from prefect.client.orchestration import get_client
from prefect.client.schemas.actions import WorkPoolCreate
from prefect.exceptions import ObjectAlreadyExists

from blocks.dam import DamAuth
from domain.errors import ServiceRejected
from domain.report import RunReport
from domain.routes import LOCAL_MASTERS
from domain.work_pool import WORK_POOL
from entrypoints.absence import why_left_out
from sandbox.seeds import CAMPAIGNS
from tests.acceptance.command import CHECKOUT, DEADLINE_S, alone, content_scaling, installed, of, processes_of, start
from tests.acceptance.prefect_home import used_home
from tests.acceptance.world import World
from tests.waiting import until

CLOSED = "127.0.0.1:1"
"""Where nobody listens."""


def verdicts(output: str) -> dict[str, tuple[str, str]]:
    """The lines of `check`: what it says of each connection, after whether it is ok."""
    lines = [line for line in output.splitlines() if line.startswith(("ok ", "warning ", "failed "))]
    return {line[8:36].strip(): (line[:8].strip(), line[37:]) for line in lines}


def test_settings_that_are_missing_are_told_before_anything_is_started(tmp_path: Path):
    empty = tmp_path / "empty"
    empty.mkdir()
    done = content_scaling("run", "a1-to-a2", environment=alone(tmp_path / "home"), cwd=empty)
    assert done.returncode == 2
    assert done.stdout == ""
    head, *faults = done.stderr.splitlines()
    assert head == "Not started. Mend these settings:"
    assert len(faults) == 8
    assert "- BOX_JWT_CONFIG_PATH: not set; box needs it" in faults
    assert list(empty.iterdir()) == []
    assert processes_of(tmp_path / "home") == []


def in_good_order(world: World) -> None:
    """Let a world have what operations look for besides connections: a webhook at Box, a worker, a backup."""
    target = {"type": "folder", "id": world.twin.box_folders["BOX_FOLDER_DERIVATIVES"]}
    hook = {"target": target, "address": "https://hooks.example.com/box", "triggers": ["FILE.UPLOADED"]}
    world.twin.box.webhooks.create(world.twin.box_app.service_user_id, hook)
    with get_client(sync_client=True) as client:
        with suppress(ObjectAlreadyExists):
            client.create_work_pool(WorkPoolCreate(name=WORK_POOL, type="process"))
        client.send_worker_heartbeat(WORK_POOL, "of-a-test", heartbeat_interval_seconds=30)
    made = content_scaling("backup", "create", environment=of(world))
    assert made.returncode == 0, made.stderr


def test_check_says_of_every_connection_that_it_is_fine(make_world: Callable[..., World], tmp_path: Path):
    world = make_world(BACKUP_DIR=tmp_path / "backups")
    in_good_order(world)
    done = content_scaling("check", environment=of(world))
    found = verdicts(done.stdout)
    assert {state for name, (state, _) in found.items() if name not in OF_ALL_TESTS} == {"ok"}, done.stdout
    assert list(found) == [
        "config files",
        "recipients",
        "database",
        "backup",
        "DAM (OAuth2)",
        "TLS of the DAM",
        "TLS of OTDS",
        "DAM (certificate)",
        "client certificate",
        "TLS of the DAM (certificate)",
        "TLS of OTDS (certificate)",
        "Box",
        "Box webhook",
        "TLS of Box",
        "TLS of Box uploads",
        "mail",
        "TLS of mail",
        "hook campaign_status_update",
        "hook campaign_live",
        "hook asset_upload_complete",
        "LlamaCloud",
        "video",
        "disk for work",
        "disk for backups",
        "Prefect",
        "Prefect worker",
        "Prefect schedules",
        "Prefect automations",
    ]
    assert found["Box"][1] == "; ".join(
        (
            "signed in as service@example.com",
            "delivers to folder 'Local Masters'",
            "takes in from folder 'Derivatives'",
            "sends back to folder 'Revisions'",
            "delivers to folder 'Global Masters'",
            "reads scorecards in folder 'CreativeX'",
        )
    )
    assert found["Prefect"][1].endswith("/api answers; its blocks are as these settings say")
    assert found["TLS of mail"][1].startswith("good until ")
    assert done.returncode == 0
    assert world.writes() == 0


OF_ALL_TESTS = {"Prefect schedules", "Prefect automations"}
"""What the tests that share the Prefect server do to each other."""


def test_check_prints_one_json_document_and_nothing_else(world: World):
    secrets = ("hidden-1", "hidden-2", "hidden-3")
    wrong = dict(zip(("DAM_CLIENT_SECRET", "LLAMA_CLOUD_API_KEY", "SMTP_PASSWORD"), secrets, strict=True))
    done = content_scaling("check", "--json", environment=of(world, **wrong))
    document = json.loads(done.stdout)
    assert done.returncode == 1
    assert document["state"] == "failed"
    assert all(list(each) == ["name", "state", "text", "details"] for each in document["checks"])
    state = {each["name"]: each["state"] for each in document["checks"]}
    failed = {name for name, grade in state.items() if grade == "failed"}
    assert failed == {"DAM (OAuth2)", "DAM (certificate)", "LlamaCloud", "mail"}
    assert (state["Box webhook"], state["backup"]) == ("warning", "warning")
    settings = Path(world.environment["ENV_FILE"]).read_text()
    kept = [secret for _, secret in re.findall(r"(?m)^\w+_(SECRET|PASSWORD|KEY)=(.{5,})$", settings)]
    assert len(kept) >= 5
    assert [text for text in (*secrets, *kept) if text in done.stdout + done.stderr] == []


@pytest.mark.sweep
def test_warnings_end_with_1_only_where_they_are_to_count(world: World):
    environment = of(world)
    for arguments, code in (((), 0), (("--json", "--strict"), 1)):
        done = content_scaling("check", *arguments, environment=environment)
        assert done.returncode == code, done.stdout
        assert "make one with: content-scaling box-webhook create" in done.stdout


def test_settings_that_cannot_be_read_are_a_document_too(tmp_path: Path):
    done = content_scaling("check", "--json", environment=alone(tmp_path / "home", SMTP_PORT="x"), cwd=tmp_path)
    document = json.loads(done.stdout)
    assert done.returncode == 2
    assert [(each["name"], each["state"]) for each in document["checks"]] == [("settings", "failed")]
    assert "SMTP_PORT" in document["checks"][0]["text"]


def test_check_says_of_each_broken_connection_what_to_do_and_tries_the_others(world: World):
    broken = of(
        world,
        DAM_CLIENT_SECRET="hidden-1",
        DAM_MTLS_CERT_PASSWORD="hidden-2",
        BOX_FOLDER_LOCAL_MASTERS="99",
        SMTP_PORT="1",
        DATABASE_URL=f"postgresql://me:hidden-3@{CLOSED}/x",
        WEBHOOK_CAMPAIGN_STATUS_URL=f"http://{CLOSED}/x",
        LLAMA_CLOUD_API_KEY="hidden-4",
        PREFECT_API_URL=f"http://{CLOSED}/api",
    )
    done = content_scaling("check", environment=broken)
    found = verdicts(done.stdout)
    assert done.returncode == 1
    assert "hidden" not in done.stdout + done.stderr
    said = {
        "database": "Connection refused",
        "DAM (OAuth2)": "check DAM_CLIENT_ID and DAM_CLIENT_SECRET",
        "DAM (certificate)": "DAM_MTLS_CERT_PASSWORD: wrong password for ",
        "Box": "BOX_FOLDER_LOCAL_MASTERS: service@example.com sees no such folder; correct it, or invite",
        "client certificate": "DAM_MTLS_CERT_PASSWORD: wrong password for ",
        "mail": "check SMTP_HOST and SMTP_PORT",
        "TLS of mail": "localhost:1: no TLS handshake (Connection refused); check SMTP_HOST, SMTP_PORT and SMTP_CA",
        "hook campaign_status_update": "127.0.0.1:1 cannot be reached (Connection refused); check webhooks.yaml",
        "hook campaign_live": "127.0.0.1:1 cannot be reached (Connection refused); check webhooks.yaml",
        "LlamaCloud": "correct LLAMA_CLOUD_API_KEY",
        "Prefect": f"PREFECT_API_URL: http://{CLOSED}/api does not answer (ConnectError); correct it, or start",
    }
    assert {name for name, (state, _) in found.items() if state == "failed"} == set(said)
    for name, text in said.items():
        assert text in found[name][1]
    assert "check DATABASE_URL" in found["database"][1]


def test_check_in_an_empty_folder_names_what_is_not_described_and_makes_nothing(tmp_path: Path):
    done = content_scaling("check", environment=alone(tmp_path / "home"), cwd=tmp_path)
    found = verdicts(done.stdout)
    assert done.returncode == 1
    assert found["DAM"][1].startswith("DAM_BASE_URL: not set; dam-oauth2 needs it; DAM_AUTH_URL: ")
    assert found["Box"] == ("failed", "BOX_JWT_CONFIG_PATH: not set; box needs it")
    assert "SMTP_HOST or MAILGUN_BASE_URL: neither is set; mail needs one" in found["mail"][1]
    assert "yet: run content-scaling setup" in found["database"][1]
    assert not (tmp_path / ".data").exists()


@pytest.mark.sweep
def test_a_dry_run_behind_the_certificate_shows_the_plan_in_whole_lines(world: World):
    arguments = ("--dry-run", "--dam-auth", "mtls", "--campaign", "C000000201")
    done = content_scaling("run", "a1-to-a2", *arguments, environment=of(world))
    assert done.returncode == 0, done.stderr
    lines = [line.rstrip() for line in done.stdout.splitlines()]
    assert "C000000201 Small Campaign: would move to A2" in lines
    assert any(line.startswith("  Films/Cutdowns & Teasers/Spot 6S 16x9.mp4  ") for line in lines)
    assert lines[-1] == "a1-to-a2: dry run: 3 planned"
    assert world.writes() == 0


def test_a_campaign_that_does_not_wait_is_told_with_the_reason(make_world: Callable[..., World]):
    environment = of(make_world(CAMPAIGNS))
    done = content_scaling("run", "a1-to-a2", "--campaign", "C000000104", environment=environment)
    assert done.returncode == 1
    takes = "a1-to-a2 takes A1 of type 'Local Adaptation'"
    assert done.stdout.splitlines()[-1] == f"C000000104: is A1 of type 'Global comm'; {takes}"


def test_the_reason_why_a_campaign_was_left_out(world: World, monkeypatch: pytest.MonkeyPatch):
    for name, value in world.environment.items():
        monkeypatch.setenv(name, value)

    def reason(number: str | None) -> str | None:
        return why_left_out(number, RunReport("a1-to-a2"), LOCAL_MASTERS, DamAuth.OAUTH2)

    assert reason(None) is None
    assert reason("C000000201") == "C000000201: the search did not find it a moment ago and does now; run again"
    unknown = "C000000999: the DAM's search finds no campaign with this number and a status; a1-to-a2 takes A1 of type"
    assert (reason("C000000999") or "").startswith(unknown)


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("--campaign", "78"), "'78' is not a campaign number"),
        (("--dam-auth", "password"), "'password' is not one of"),
        (("--no-such-option",), "No such option"),
    ],
)
def test_a_value_that_cannot_be_right_is_told_at_once(tmp_path: Path, arguments: tuple[str, ...], reason: str):
    done = content_scaling("run", "a1-to-a2", *arguments, environment=alone(tmp_path), cwd=tmp_path)
    assert done.returncode == 2
    assert reason in done.stderr
    assert "Traceback" not in done.stderr


def test_an_error_of_a_run_is_told_in_plain_words(make_world: Callable[..., World]):
    done = content_scaling("run", "a1-to-a2", environment=of(make_world(DAM_CLIENT_SECRET="hidden")))
    assert done.returncode == 1
    assert done.stdout == ""
    told, advice = done.stderr.splitlines()[-2:]
    assert told.endswith(
        "the DAM answered 401 (Client authentication failed.): check DAM_CLIENT_ID and DAM_CLIENT_SECRET"
    )
    assert advice == ServiceRejected.advice
    assert "Traceback" not in done.stderr
    assert "hidden" not in done.stderr


def test_without_a_prefect_server_a_run_has_one_of_its_own_for_as_long_as_it_takes(
    world: World, prefect: dict[str, str], tmp_path: Path
):
    data = tmp_path / "data"
    used_home(data / "prefect", Path(prefect["PREFECT_HOME"]))
    environment = alone(tmp_path / "home", **world.environment, DATA_DIR=str(data))
    done = installed("run", "a1-to-a2", environment=environment)
    assert done.returncode == 0, done.stderr
    assert f"starting a private Prefect server in {data / 'prefect'}" in done.stdout
    assert done.stdout.splitlines()[-1] == "a1-to-a2: 3 delivered; moved C000000201 A1→A2"
    assert world.status() == {"C000000201": "A2"}
    assert processes_of(data / "prefect") == []


@pytest.mark.parametrize("number", [signal.SIGTERM, pytest.param(signal.SIGHUP, marks=pytest.mark.sweep)])
def test_a_run_that_is_told_to_end_leaves_no_server_behind(world: World, tmp_path: Path, number: signal.Signals):
    home = tmp_path / "data" / "prefect"
    environment = alone(tmp_path / "home", **world.environment, DATA_DIR=str(tmp_path / "data"))
    run = start("run", "a1-to-a2", environment=environment)
    until(lambda: processes_of(home), what="the private server to start", timeout=DEADLINE_S)
    run.send_signal(number)
    output, _ = run.communicate(timeout=DEADLINE_S)
    assert run.returncode == 128 + number, output
    assert "Traceback" not in output
    assert processes_of(home) == []


def test_a_database_that_cannot_be_reached_is_told_before_a_server_is_started(world: World, tmp_path: Path):
    more = {"DATABASE_URL": f"postgresql://me:hidden@{CLOSED}/x", "DATA_DIR": str(tmp_path / "data")}
    done = content_scaling("run", "a1-to-a2", environment=alone(tmp_path / "home", **world.environment, **more))
    assert done.returncode == 1
    assert "The tracking database did not answer" in done.stderr
    assert "hidden" not in done.stderr
    assert not (tmp_path / "data").exists()


@pytest.mark.sweep
def test_a_reader_that_leaves_early_gets_no_traceback(world: World):
    run = start("check", environment=of(world))
    assert run.stdout is not None
    assert run.stdout.readline().startswith("ok ")
    run.stdout.close()
    assert run.wait(DEADLINE_S) == 1


@pytest.mark.sweep
def test_the_sandbox_runs_until_it_is_stopped(tmp_path: Path):
    environment = alone(tmp_path / "home")
    arguments = ("sandbox", "--any-port", "--env-file", "env", "--seed", str(CHECKOUT / "sandbox/seeds/small.json"))
    running = start(*arguments, environment=environment, cwd=tmp_path)
    try:
        announced = _announced(running.stdout)
        assert "DAM (OTMM and OTDS)" in announced
        settings = tmp_path / "env"
        assert stat.S_IMODE(settings.stat().st_mode) == 0o600
        assert announced["DAM (OTMM and OTDS)"] in settings.read_text()
        contents = tmp_path / ".data" / "sandbox" / "contents"
        assert contents.is_dir()

        second = content_scaling(*arguments, environment=environment, cwd=tmp_path)
        assert second.returncode == 2
        assert "a sandbox is running in .data/sandbox already" in plain(second.stderr)
        assert contents.is_dir()
    finally:
        running.send_signal(signal.SIGINT)
        output, _ = running.communicate(timeout=DEADLINE_S)
    assert running.returncode == 0, output
    assert "Traceback" not in output


def test_a_port_that_is_taken_is_told(tmp_path: Path):
    with socket.socket() as holder:
        holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            holder.bind(("127.0.0.1", 8431))
            holder.listen()
        except OSError:
            pass  # somebody else has it, which is as good
        done = content_scaling("sandbox", environment=alone(tmp_path), cwd=tmp_path)
    assert done.returncode == 2
    assert "is a sandbox running already? --any-port takes free ones" in plain(done.stderr)


def test_a_seed_that_is_not_there_is_told(tmp_path: Path):
    done = content_scaling("sandbox", "--seed", "gone.json", environment=alone(tmp_path), cwd=tmp_path)
    assert done.returncode == 2
    assert "'gone.json' does not exist" in plain(done.stderr)


def _announced(output: object) -> dict[str, str]:
    """Read the sandbox's announcement to its last line: where each service is."""
    found: dict[str, str] = {}
    while "Settings" not in found:
        line = output.readline()  # type: ignore[attr-defined]
        assert line, "the sandbox ended"
        name, _, address = line.strip().rpartition("  ")
        found[name.strip()] = address
    return found


def plain(text: str) -> str:
    """The text of a box that was drawn around it, in one line."""
    return " ".join(text.replace("│", " ").split())
