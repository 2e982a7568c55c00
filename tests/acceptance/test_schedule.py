"""Schedules: what comes due is run, by the server and worker that small installations run themselves."""

import secrets
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.actions import DeploymentScheduleCreate, WorkPoolCreate
from prefect.client.schemas.filters import DeploymentFilter, DeploymentFilterId
from prefect.client.schemas.objects import ConcurrencyOptions, FlowRun
from prefect.client.schemas.responses import DeploymentResponse
from prefect.client.schemas.schedules import IntervalSchedule
from prefect.exceptions import ObjectAlreadyExists
from prefect.utilities.callables import parameter_schema

from deployments.local_server import local_worker
from domain.work_pool import WORK_POOL
from entrypoints.demo.stage import pause_schedules
from flows.deliver_messages import deliver_messages
from tests.acceptance.command import CHECKOUT, DEADLINE_S
from tests.acceptance.world import World
from tests.waiting import until

EVERY = timedelta(seconds=10)


@pytest.fixture
def client(prefect: dict[str, str]) -> Iterator[SyncPrefectClient]:
    """A client of the Prefect server, where nothing else comes due: another test may have set an installation up."""
    pause_schedules(paused=True)
    with get_client(sync_client=True) as client:
        yield client


@pytest.fixture
def often(client: SyncPrefectClient) -> Iterator[DeploymentResponse]:
    """The deployment of deliver-messages as it is in prefect.yaml but for its schedule.

    Written down here, since `prefect deploy` takes twenty seconds; test_setup.py looks at what that makes of the file.
    """
    entry = entry_of("deliver-messages")
    with suppress(ObjectAlreadyExists):
        client.create_work_pool(WorkPoolCreate(name=WORK_POOL, type="process"))
    made = client.create_deployment(
        flow_id=client.create_flow(deliver_messages),
        name=f"often-{secrets.token_hex(4)}",
        entrypoint=entry["entrypoint"],
        pull_steps=[{"prefect.deployments.steps.set_working_directory": {"directory": str(CHECKOUT)}}],
        work_pool_name=entry["work_pool"]["name"],
        concurrency_limit=entry["concurrency_limit"].pop("limit"),
        concurrency_options=ConcurrencyOptions(**entry["concurrency_limit"]),
        parameter_openapi_schema=parameter_schema(deliver_messages).model_dump(),
        schedules=[DeploymentScheduleCreate(schedule=IntervalSchedule(interval=EVERY))],
    )
    yield client.read_deployment(made)
    client.delete_deployment(made)


def entry_of(name: str) -> dict[str, Any]:
    """What prefect.yaml says of a deployment."""
    entries = yaml.safe_load((CHECKOUT / "prefect.yaml").read_text(encoding="utf-8"))["deployments"]
    return next(entry for entry in entries if entry["name"] == name)


def runs(client: SyncPrefectClient, deployment: DeploymentResponse) -> list[FlowRun]:
    """Its runs, past and planned."""
    return client.read_flow_runs(deployment_filter=DeploymentFilter(id=DeploymentFilterId(any_=[deployment.id])))


@pytest.mark.sweep  # the demo, which .ci/run plays too, and the canary have a worker run what is due
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
