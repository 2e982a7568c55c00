"""Schedules: what comes due is run, by the server and worker that small installations run themselves."""

import secrets
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.actions import DeploymentScheduleCreate
from prefect.client.schemas.filters import DeploymentFilter, DeploymentFilterId
from prefect.client.schemas.objects import FlowRun
from prefect.client.schemas.responses import DeploymentResponse
from prefect.client.schemas.schedules import IntervalSchedule

from blocks.settings import load_settings
from deployments.local_server import local_worker
from deployments.setup import set_up
from entrypoints.demo.stage import pause_schedules
from tests.acceptance.command import CHECKOUT, DEADLINE_S
from tests.acceptance.world import World
from tests.waiting import until

EVERY = timedelta(seconds=10)


@pytest.fixture
def client(world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[SyncPrefectClient]:
    """A client of the Prefect server of an installation that is set up."""
    for name, value in world.environment.items():
        monkeypatch.setenv(name, value)
    set_up(load_settings(), CHECKOUT, lambda _: None)
    pause_schedules(paused=True)  # every fifth minute all of them would come due at once
    with get_client(sync_client=True) as client:
        yield client


@pytest.fixture
def often(client: SyncPrefectClient) -> Iterator[DeploymentResponse]:
    """The deployment of deliver-messages once more, as it is in prefect.yaml but for its schedule."""
    model = client.read_deployment_by_name("deliver-messages/deliver-messages")
    made = client.create_deployment(
        flow_id=model.flow_id,
        name=f"often-{secrets.token_hex(4)}",
        entrypoint=model.entrypoint,
        pull_steps=model.pull_steps,
        work_pool_name=model.work_pool_name,
        concurrency_limit=1,
        concurrency_options=model.concurrency_options,
        parameter_openapi_schema=model.parameter_openapi_schema,
        schedules=[DeploymentScheduleCreate(schedule=IntervalSchedule(interval=EVERY))],
    )
    yield client.read_deployment(made)
    client.delete_deployment(made)


def runs(client: SyncPrefectClient, deployment: DeploymentResponse) -> list[FlowRun]:
    """Its runs, past and planned."""
    return client.read_flow_runs(deployment_filter=DeploymentFilter(id=DeploymentFilterId(any_=[deployment.id])))


def test_what_comes_due_is_planned_by_the_server_and_run_by_the_worker(
    client: SyncPrefectClient, often: DeploymentResponse, world: World, prefect: dict[str, str], tmp_path: Path
) -> None:
    with local_worker(tmp_path, {**prefect, **world.environment}):
        until(lambda: runs(client, often), what="the scheduler to plan runs", timeout=DEADLINE_S)
        assert all(run.auto_scheduled for run in runs(client, often))
        until(lambda: ended(client, often), what="a run to end", timeout=DEADLINE_S)
    first = ended(client, often)[0]
    assert (first.state_name, first.auto_scheduled) == ("Completed", True)
    assert first.state is not None
    assert first.state.message == "nothing to do"


def ended(client: SyncPrefectClient, deployment: DeploymentResponse) -> list[FlowRun]:
    """Its runs that went to an end of their own."""
    over = [run for run in runs(client, deployment) if run.state is not None and run.state.is_final()]
    return [run for run in over if run.state_name != "Cancelled"]
