"""An installation is made ready, and the Prefect server that small ones run themselves."""

import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import pytest
from prefect.client.orchestration import get_client
from pydantic import SecretStr

from blocks.database import PostgresDatabase
from blocks.settings import Settings, load_settings
from db import migrate
from deployments import spawned
from deployments.deploying import deploy
from deployments.local_server import free_port, prefect_environment, start_server
from deployments.schema import plan_schema
from deployments.setup import plan, set_up
from deployments.spawned import stop
from domain.errors import ConfigError
from domain.work_pool import WORK_POOL
from tests.acceptance.command import CHECKOUT, DEADLINE_S, content_scaling, of
from tests.acceptance.world import World
from tests.postgres import EMPTY, cloned_database
from tests.processes import has_ended
from tests.waiting import until

NAMES = [
    *("a1-to-a2", "a2-to-a3", "a2-to-a3-on-upload", "a4-live", "a5-to-a6", "advance-campaigns", "b1-to-b2"),
    *("backup-database", "backup-database-base", "check-backup", "clean-up", "creativex-scores", "daily-report"),
    *("deliver-messages", "reset-campaigns", "set-campaign-status"),
]
ON_DEMAND: dict[str, int | None] = {
    "a2-to-a3-on-upload": 2,
    **dict.fromkeys(("advance-campaigns", "reset-campaigns", "set-campaign-status")),
}
"""Deployments without a schedule, with how many of their runs may go on at once."""
AT_TIMES = {
    "backup-database": ["daily-at-02"],
    "backup-database-base": ["sundays-at-03"],
    "check-backup": ["daily-at-08"],
    "clean-up": ["daily-at-03-30"],
    "daily-report": ["every-day-at-19"],
}
"""Deployments that run at a time of day, not every five minutes."""


@pytest.fixture
def world(make_world: Callable[..., World]) -> World:
    """A world whose blocks are its own: set-up changes them."""
    return make_world(APART=secrets.token_hex(4))


def installation() -> dict[str, Any]:
    """What the Prefect server holds of ours."""
    with get_client(sync_client=True) as client:
        deployments = [found for found in client.read_deployments() if found.name in NAMES]
        pools = [pool.name for pool in client.read_work_pools() if pool.name == WORK_POOL]
    return {
        "pools": pools,
        "deployments": sorted(
            (
                found.name,
                found.id,
                found.entrypoint,
                found.work_pool_name,
                [(schedule.slug, str(schedule.schedule), schedule.active) for schedule in found.schedules],
                found.global_concurrency_limit.limit if found.global_concurrency_limit else None,
                found.pull_steps,
            )
            for found in deployments
        ),
    }


@pytest.mark.sweep
def test_setup_may_be_run_again_and_doubles_nothing(
    world: World, postgres: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with cloned_database(postgres, EMPTY) as url:
        environment = of(world, DATABASE_URL=url)
        done = content_scaling("setup", environment=environment)
        assert done.returncode == 0, done.stderr
        assert migrate.current(url) == migrate.head()
        blocks = world.environment["BLOCKS_NAME"]
        lines = [line.strip() for line in done.stdout.splitlines()]
        assert "database: schema is up to date" in lines
        assert {f"block: {slug}/{blocks}" for slug in ("dam-oauth2", "box-jwt", "smtp-server")} <= set(lines)
        assert lines[-2] == "deployments: as in prefect.yaml"
        assert [line for line in lines if line.startswith("automation: content-scaling: ")]
        first = installation()

        for variable, value in (world.environment | {"DATABASE_URL": url}).items():
            monkeypatch.setenv(variable, value)
        said: list[str] = []
        set_up(load_settings(), CHECKOUT, said.append)
        assert f"work pool: {WORK_POOL} (was there)" in said
    assert installation() == first
    assert [deployment[0] for deployment in first["deployments"]] == NAMES
    for name, _, entrypoint, pool, schedules, limit, pull_steps in first["deployments"]:
        assert entrypoint.startswith("flows.")
        slugs = [slug for slug, _, _ in schedules]
        wanted = (ON_DEMAND[name], []) if name in ON_DEMAND else (1, AT_TIMES.get(name, ["every-5-minutes"]))
        assert (pool, limit, slugs) == (WORK_POOL, *wanted)
        assert pull_steps == [{"prefect.deployments.steps.set_working_directory": {"directory": str(CHECKOUT)}}]
    assert first["pools"] == [WORK_POOL]


def test_setup_elsewhere_than_in_the_checkout_is_told_before_anything_is_done(tmp_path: Path) -> None:
    said: list[str] = []
    with pytest.raises(
        ConfigError, match=rf"prefect\.yaml: not in {tmp_path}; run setup in the folder of the checkout"
    ):
        set_up(Settings(), tmp_path, said.append)
    assert said == []
    with pytest.raises(ConfigError, match=r"prefect\.yaml: not in"):
        list(plan(Settings(), tmp_path))


def test_the_check_makes_no_embedded_database(tmp_path: Path) -> None:
    item = plan_schema(PostgresDatabase(data_dir=tmp_path))
    assert str(item) == f"database (embedded, schema {migrate.head()}): made"
    assert list(tmp_path.iterdir()) == []


def test_the_check_of_a_database_that_does_not_answer_says_which_setting_to_look_at() -> None:
    gone = SecretStr(f"postgresql://nobody:s3cr3t@127.0.0.1:{free_port()}/gone")
    with pytest.raises(ConfigError, match="DATABASE_URL: ") as caught:
        plan_schema(PostgresDatabase(url=gone))
    assert "s3cr3t" not in str(caught.value)


def test_a_prefect_yaml_that_cannot_be_applied_is_told_with_the_reason(prefect: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "prefect.yaml").write_text("deployments: [{name: broken, entrypoint: flows.gone.gone}]\n")
    with pytest.raises(ConfigError, match=r"prefect\.yaml could not be applied: ") as caught:
        deploy(tmp_path, prefect)
    assert "gone" in str(caught.value)


def test_a_port_that_is_taken_is_told_and_not_taken_for_the_server(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as holder:
        port = holder.getsockname()[1]
        with pytest.raises(ConfigError, match=f"the Prefect server cannot use port {port}: Address already in use"):
            start_server(tmp_path, port, prefect_environment(tmp_path, port))


def test_a_server_that_does_not_start_is_told_with_the_place_of_its_log(tmp_path: Path) -> None:
    port = free_port()
    broken = prefect_environment(tmp_path, port) | {"PREFECT_SERVER_API_PORT": "none"}
    with pytest.raises(ConfigError, match=f"stopped while starting; its reason is in {tmp_path / 'server.log'}"):
        start_server(tmp_path, port, broken)
    assert "valid integer" in (tmp_path / "server.log").read_text()


PARENT = """
import subprocess, sys
child = subprocess.Popen([sys.executable, "-c", sys.argv[1]], start_new_session=True, stdout=subprocess.PIPE, text=True)
print(child.pid, child.stdout.readline(), flush=True)
sys.stdin.read()
"""
"""Starts a program in a group of its own, and does not collect it when it ends."""

HOLDER = "import subprocess, sys; p = subprocess.Popen(['sleep', '600']); print(p.pid, flush=True); p.wait()"
DEAF = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(0, flush=True); signal.pause()"


@pytest.fixture
def started(request: pytest.FixtureRequest) -> Callable[[str], tuple[int, int]]:
    """Start a program that somebody else is the parent of; gives its process id and the number that it said."""

    def start(program: str) -> tuple[int, int]:
        parent = subprocess.Popen(
            [sys.executable, "-c", PARENT, program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        request.addfinalizer(lambda: parent.communicate(timeout=DEADLINE_S))
        assert parent.stdout is not None
        pid, said = parent.stdout.readline().split()
        return int(pid), int(said)

    return start


def test_stopping_ends_all_that_the_process_started_and_does_not_wait_for_who_collects_it(
    started: Callable[[str], tuple[int, int]],
) -> None:
    pid, grandchild = started(HOLDER)
    before = time.monotonic()
    stop(pid)
    assert time.monotonic() - before < spawned._STOP_S / 2
    until(lambda: not psutil.pid_exists(grandchild) or has_ended(grandchild), what="the grandchild to end")
    assert has_ended(pid)


def test_a_process_that_does_not_want_to_end_is_made_to(
    started: Callable[[str], tuple[int, int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spawned, "_STOP_S", 0.5)
    pid, _ = started(DEAF)
    stop(pid)
    assert has_ended(pid)


def test_stopping_what_has_ended_does_no_harm() -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""], start_new_session=True)
    ended.wait()
    stop(ended.pid)
