"""The Prefect server watches over runs of ours, with a server of its own that acts on what it sees, and a worker."""

import os
import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import psutil
import pytest
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.actions import DeploymentUpdate
from prefect.client.schemas.objects import FlowRun
from prefect.client.schemas.schedules import CronSchedule
from prefect.settings import PREFECT_API_URL, temporary_settings
from prefect.states import Pending, Scheduled

from blocks.settings import load_settings
from db.migrate import current, head
from deployments import local_server
from deployments.automations import apply_rule, missing_or_different
from deployments.local_server import free_port, local_worker, prefect_environment
from deployments.rules import PREFIX
from deployments.setup import plan, set_up
from domain.work_pool import WORK_POOL
from entrypoints.demo.stage import pause_schedules
from sandbox.certificates import Certificates
from sandbox.environment import write_env_file
from sandbox.faults import Fault
from sandbox.seeds import SMALL
from sandbox.twin import Twin
from tests.acceptance.command import CHECKOUT, DEADLINE_S, content_scaling
from tests.acceptance.conftest import LOUD
from tests.acceptance.prefect_home import used_home
from tests.postgres import EMPTY, cloned_database
from tests.waiting import until

pytestmark = pytest.mark.sweep

NUMBER = "C000000078"
HEARTBEAT_S = 30


@dataclass
class Watched:
    """An installation that is set up, with its Prefect server, and what its people are told."""

    client: SyncPrefectClient
    twin: Twin
    home: Path
    environment: dict[str, str]
    before_check: tuple[object, ...] = ()
    after_check: tuple[object, ...] = ()
    foretold: Any = None
    """What `setup --check` came to before the first set-up."""

    def start(self, name: str, state: Any = None, **parameters: Any) -> FlowRun:
        """Have a deployment run."""
        found = self.client.read_deployment_by_name(f"{name}/{name}")
        return self.client.create_flow_run_from_deployment(found.id, parameters=parameters, state=state)

    def state(self, run: FlowRun) -> str | None:
        return self.client.read_flow_run(run.id).state_name

    def told(self, run: FlowRun) -> list[dict[str, Any]]:
        """The webhooks about a run."""
        bodies = [delivery.body for delivery in self.twin.hooks.received("alarms")]
        return [body for body in bodies if body["run_id"] == str(run.id)]

    def mails(self, word: str) -> list[str]:
        """The text of each mail with a word in its subject."""
        return [mail.text for mail in self.twin.mail.mails if word in mail.subject]


@pytest.fixture(scope="module")
def variables(prefect_server: dict[str, str]) -> Iterator[dict[str, str]]:
    """The variables that point at a Prefect server of this module's own, which does all that one does."""
    with tempfile.TemporaryDirectory(prefix="content-scaling-prefect-") as folder:
        home, port = used_home(Path(folder), Path(prefect_server["PREFECT_HOME"])), free_port()
        found = prefect_environment(home, port) | LOUD | {"PREFECT_LOGGING_TO_API_ENABLED": "false"}
        here = temporary_settings({PREFECT_API_URL: found["PREFECT_API_URL"]})
        with local_server.local_server(home, port, found), here:
            yield found


@pytest.fixture(scope="module")
def watched(
    variables: dict[str, str], postgres: str, certificates: Certificates, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Watched]:
    folder = tmp_path_factory.mktemp("watched")
    with (
        Twin(folder / "twin", seed=SMALL, certificates=certificates) as twin,
        cloned_database(postgres, EMPTY) as url,
        pytest.MonkeyPatch.context() as patch,
        get_client(sync_client=True) as client,
    ):
        alarms = {"ALARM_WEBHOOK_URL": f"{twin.servers['hooks'].url}/hooks/alarms"}
        alarms |= {"ALARM_WEBHOOK_TOKEN": twin.settings.hooks.token or ""}
        own = {"DATABASE_URL": url, "HEARTBEAT_S": str(HEARTBEAT_S), "RETRY_DELAYS_S": "0,0"}
        write_env_file(folder / "env", {**twin.env(), **alarms, **own}, also={})
        here = {"ENV_FILE": str(folder / "env"), "BLOCKS_NAME": "watched"}
        for name, value in here.items():
            patch.setenv(name, value)
        found = Watched(client, twin, Path(variables["PREFECT_HOME"]), {**os.environ, **variables, **here})
        found.before_check = contents(client, url)
        found.foretold = content_scaling("setup", "--check", environment=found.environment)
        found.after_check = contents(client, url)
        set_up(load_settings(), CHECKOUT, lambda _: None, found.environment)
        pause_schedules(paused=True)  # every fifth minute all of them would come due at once
        yield found
        twin.faults["otmm"].clear()


def changes() -> dict[str, str]:
    """What set-up would do, by what it would do it to."""
    return {item.name: item.change for item in plan(load_settings(), CHECKOUT) if item.change is not None}


def contents(client: SyncPrefectClient, database_url: str) -> tuple[object, ...]:
    """What there is on the Prefect server, and the schema of the database."""
    return (
        sorted(one.slug for one in client.read_block_types()),
        client.read_block_documents(),
        client.read_work_pools(),
        client.read_automations(),
        client.read_deployments(),
        current(database_url),
    )


def test_the_check_before_the_first_set_up_says_what_is_to_be_made_and_makes_nothing(watched: Watched) -> None:
    assert watched.foretold.returncode == 1, watched.foretold.stderr
    lines = [line.strip() for line in watched.foretold.stdout.splitlines()]
    made = {line.removesuffix(": made") for line in lines if line.endswith(": made")}
    assert {f"work pool: {WORK_POOL}", "block: alarm-mail/watched", "block: alarm-webhook/watched"} <= made
    assert {"automation: content-scaling: no sign of life", "deployment: deliver-messages"} <= made
    assert f"database: changed: schema none -> {head()}" in lines
    assert watched.after_check == watched.before_check


def test_the_check_after_set_up_finds_nothing_to_do(watched: Watched) -> None:
    assert missing_or_different(load_settings()) == []
    done = content_scaling("setup", "--check", environment=watched.environment)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "deployment: a1-to-a2: as it is" in done.stdout
    assert "Nothing would change." in done.stdout


def test_a_run_that_fails_is_told_by_mail_and_webhook_with_flow_campaign_reason_and_link(watched: Watched) -> None:
    watched.twin.faults["otmm"].add(Fault("status", status=503, times=None))
    run = watched.start("a1-to-a2", campaign=NUMBER)
    with local_worker(watched.home, watched.environment):
        until(lambda: watched.told(run) and watched.mails("a1-to-a2"), what="the alarm", timeout=DEADLINE_S)
    watched.twin.faults["otmm"].clear()
    [body] = watched.told(run)
    assert (body["event"], body["flow"], body["deployment"], body["campaigns"]) == (
        "run_failed",
        "a1-to-a2",
        "a1-to-a2",
        [NUMBER],
    )
    assert body["state"] == "Failed"
    assert "503" in body["reason"]
    assert body["url"].endswith(f"/runs/flow-run/{run.id}")
    [mail] = watched.mails("a1-to-a2")
    for said in (NUMBER, "503", body["url"]):
        assert said in mail


def test_runs_that_pile_up_without_a_worker_become_one_and_the_others_are_cancelled(watched: Watched) -> None:
    past = datetime.now(UTC) - timedelta(minutes=30)
    pile = [
        watched.start("deliver-messages", Scheduled(scheduled_time=past + number * timedelta(minutes=5)))
        for number in range(5)
    ]
    until(lambda: {watched.state(run) for run in pile} == {"Late"}, what="the runs to be late", timeout=DEADLINE_S)
    with local_worker(watched.home, watched.environment):
        until(
            lambda: {watched.state(run) for run in pile} <= {"Completed", "Cancelled"},
            what="the pile to be gone",
            timeout=DEADLINE_S,
        )
    assert sorted(str(watched.state(run)) for run in pile) == [*["Cancelled"] * 4, "Completed"]
    assert [watched.told(run) for run in pile] == [[]] * 5


def test_a_run_that_is_never_started_is_given_up(watched: Watched) -> None:
    with quicker(watched, "stuck before its start"):
        run = watched.start("b1-to-b2", Scheduled(scheduled_time=datetime.now(UTC) + timedelta(hours=1)))
        watched.client.set_flow_run_state(run.id, Pending())
        until(lambda: watched.state(run) == "Crashed", what="the run to be given up", timeout=DEADLINE_S)
    until(lambda: watched.told(run), what="the alarm", timeout=DEADLINE_S)
    assert "the worker is gone" in watched.told(run)[0]["reason"]


def test_that_no_run_goes_through_is_told_once(watched: Watched) -> None:
    with quicker(watched, "no run goes through"):
        until(lambda: watched.mails("No run has gone"), what="the mail", timeout=DEADLINE_S)
    bodies = [delivery.body for delivery in watched.twin.hooks.received("alarms")]
    [body] = [body for body in bodies if body["event"] == "no_runs"]
    assert body["reason"] == "no run has gone through for 30 minutes"
    assert len(watched.mails("No run has gone through for 30 minutes")) == 1


def test_a_run_that_goes_on_and_shows_signs_of_life_is_told_and_left_running(watched: Watched) -> None:
    watched.twin.faults["otmm"].add(Fault("hang", times=None))
    with quicker(watched, "a run does not end", within=timedelta(seconds=HEARTBEAT_S + 15)):
        run = watched.start("a1-to-a2", campaign="C000000081")
        with local_worker(watched.home, watched.environment):
            until(lambda: watched.told(run), what="the alarm", timeout=DEADLINE_S)
            assert watched.state(run) == "Running"
            assert heartbeats(watched, run), "the run had no time for the sign of life that must not end the wait"
            watched.twin.faults["otmm"].clear()
            # Cut off, it would hold the place of the next run of its deployment.
            until(lambda: watched.state(run) not in {"Running", None}, what="the run to end", timeout=DEADLINE_S)
    [body] = [body for body in watched.told(run) if body["event"] == "run_long"]
    assert (body["flow"], body["campaigns"], body["state"]) == ("a1-to-a2", ["C000000081"], "Running")
    assert body["reason"] == "it has been going on for more than 6 hours"
    [mail] = watched.mails("a run goes on for long")
    assert "C000000081" in mail


def test_runs_whose_worker_was_killed_with_them_are_found_by_their_silence_and_told(watched: Watched) -> None:
    watched.twin.faults["otmm"].add(Fault("hang", times=None))
    long = watched.start("a1-to-a2", campaign="C000000079")
    with killed_worker(watched):
        until(lambda: len(heartbeats(watched, long)) > 1, what="two signs of life", timeout=DEADLINE_S)
        short = watched.start("b1-to-b2", campaign="C000000080")
        until(lambda: watched.state(short) == "Running", what="another run to begin", timeout=DEADLINE_S)
    first, second = heartbeats(watched, long)[:2]
    assert round((second - first).total_seconds()) == HEARTBEAT_S, "the setting has not reached the run"
    for run, number in ((long, "C000000079"), (short, "C000000080")):
        until(lambda run=run: watched.state(run) == "Crashed", what="the silence to be noticed", timeout=300)  # type: ignore[misc]
        until(lambda run=run: watched.told(run), what="the alarm", timeout=DEADLINE_S)  # type: ignore[misc]
        [body] = watched.told(run)
        assert (body["state"], body["campaigns"]) == ("Crashed", [number])
        assert "no sign of life for 120 seconds" in body["reason"]
        until(lambda number=number: watched.mails(number), what="the mail", timeout=DEADLINE_S)  # type: ignore[misc]


def heartbeats(watched: Watched, run: FlowRun) -> list[datetime]:
    """When each sign of life of a run was given, as far as the server has noted them, the first first."""
    wanted = {"event": {"name": ["prefect.flow-run.heartbeat"]}, "any_resource": {"id": [f"prefect.flow-run.{run.id}"]}}
    answer = watched.client.request("POST", "/events/filter", json={"filter": wanted})
    return sorted(datetime.fromisoformat(event["occurred"]) for event in answer.json()["events"])


def test_what_differs_is_told_by_the_check_and_mended(watched: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCHEDULE_TIMEZONE", "Europe/Berlin")
    monkeypatch.setenv("RUNS_AT_ONCE", "3")
    monkeypatch.setenv("SMTP_PASSWORD", "s3cr3t")
    monkeypatch.setenv("ALARM_NO_RUN_MIN", "45")
    [rule] = watched.client.read_automations_by_name("content-scaling: no run goes through")
    watched.client.pause_automation(rule.id)
    switch_off(watched, "a1-to-a2")
    gone = watched.client.read_deployment_by_name("b1-to-b2/b1-to-b2")
    watched.client.delete_deployment(gone.id)
    found = changes()
    assert found.pop("deployment: b1-to-b2") == "made"
    berlin = "changed: time zone of every-5-minutes UTC -> Europe/Berlin"
    assert {name: change for name, change in found.items() if "deployment: a" in name} == {
        "deployment: a1-to-a2": f"{berlin}, every-5-minutes switched on False -> True",
        "deployment: a2-to-a3": berlin,
        "deployment: a4-live": berlin,
        "deployment: a5-to-a6": berlin,
    }
    assert {name: change for name, change in found.items() if "deployment" not in name} == {
        f"work pool: {WORK_POOL}": "changed: limit none -> 3",
        "block: smtp-server/watched": "changed: password",
        "block: alarm-mail/watched": "changed: password",
        "automation: content-scaling: no run goes through": "changed: description, trigger, actions",
    }
    assert missing_or_different(load_settings()) == [rule.name]

    set_up(load_settings(), CHECKOUT, lambda _: None, watched.environment)
    pause_schedules(paused=True)
    assert changes() == {}
    [mended] = watched.client.read_automations_by_name(rule.name)
    assert (mended.id, mended.enabled) == (rule.id, False)


def test_a_deployment_that_the_file_does_not_have_is_told_and_left(watched: Watched) -> None:
    model = watched.client.read_deployment_by_name("a1-to-a2/a1-to-a2")
    watched.client.create_deployment(flow_id=model.flow_id, name="formerly", work_pool_name=WORK_POOL)
    [item] = [item for item in plan(load_settings(), CHECKOUT) if item.name == "deployment: formerly"]
    assert item.change is None
    assert "not in prefect.yaml; set-up leaves it" in str(item)


def test_another_form_of_the_parameters_is_told_and_mended(watched: Watched) -> None:
    found = watched.client.read_deployment_by_name("a4-live/a4-live")
    old = {"type": "object", "properties": {"campaign": {"title": "campaign", "type": "string"}}}
    watched.client.update_deployment(found.id, DeploymentUpdate(parameter_openapi_schema=old))
    assert "form of the parameters" in changes()["deployment: a4-live"]
    set_up(load_settings(), CHECKOUT, lambda _: None, watched.environment)
    pause_schedules(paused=True)
    assert changes() == {}


def test_schedules_that_the_file_does_not_have_are_told(watched: Watched) -> None:
    with_slug = watched.client.read_deployment_by_name("clean-up/clean-up")
    without = watched.client.read_deployment_by_name("check-backup/check-backup")
    at_noon = CronSchedule(cron="0 12 * * *", timezone="UTC")
    add_schedule(watched, with_slug.id, at_noon, slug="at-noon")
    add_schedule(watched, without.id, at_noon)
    said = {item.name: str(item) for item in plan(load_settings(), CHECKOUT)}
    assert "not in prefect.yaml; set-up leaves it: schedule at-noon" in said["deployment: clean-up"]
    assert "schedule without a slug removed" in changes()["deployment: check-backup"]

    set_up(load_settings(), CHECKOUT, lambda _: None, watched.environment)
    pause_schedules(paused=True)
    slugs = [{one.slug for one in watched.client.read_deployment(found.id).schedules} for found in (with_slug, without)]
    assert slugs == [{"daily-at-03-30", "at-noon"}, {"daily-at-08"}]
    assert changes() == {}


def add_schedule(watched: Watched, deployment_id: UUID, schedule: CronSchedule, slug: str | None = None) -> None:
    """Give a deployment one more schedule, switched off, as a person does in the UI."""
    body = [{"schedule": schedule.model_dump(mode="json"), "active": False, "slug": slug}]
    watched.client.request("POST", "/deployments/{id}/schedules", path_params={"id": deployment_id}, json=body)


def switch_off(watched: Watched, name: str) -> None:
    """Switch the one schedule of a deployment off, as a person does in the UI."""
    found = watched.client.read_deployment_by_name(f"{name}/{name}")
    watched.client.update_deployment_schedule(found.id, found.schedules[0].id, active=False)


@contextmanager
def quicker(watched: Watched, name: str, within: timedelta = timedelta(seconds=10)) -> Iterator[None]:
    """Let a rule wait no longer than that until the block ends; 10 seconds are Prefect's least."""
    [rule] = watched.client.read_automations_by_name(f"{PREFIX}{name}")
    at_once = rule.trigger.model_copy(update={"within": within})
    apply_rule(rule.model_copy(update={"trigger": at_once}), [rule], watched.client)
    try:
        yield
    finally:
        apply_rule(rule, [rule], watched.client)


@contextmanager
def killed_worker(watched: Watched) -> Iterator[None]:
    """Run a worker until the block ends; then it dies with all its runs, without a word."""
    arguments = ["worker", "start", "--pool", WORK_POOL, "--type", "process", "--name", "doomed"]
    process = local_server._start(arguments, watched.home / "worker.log", watched.environment)
    try:
        yield
    finally:
        family = [process.pid, *(child.pid for child in psutil.Process(process.pid).children(recursive=True))]
        for pid in family:
            os.kill(pid, signal.SIGKILL)
        process.wait()
