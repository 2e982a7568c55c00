"""What `check` says of a Prefect server: a worker for the pool, and schedules that are kept."""

import secrets
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.actions import DeploymentScheduleCreate, WorkPoolCreate, WorkPoolUpdate
from prefect.client.schemas.objects import Worker, WorkerStatus
from prefect.client.schemas.schedules import SCHEDULE_TYPES, IntervalSchedule, RRuleSchedule
from prefect.states import Scheduled

from entrypoints.checks.prefect_server import is_online, schedules_kept, worker_online
from entrypoints.checks.verdict import State
from tests.waiting import until

NOW = datetime(2026, 6, 1, tzinfo=UTC)
DAILY = IntervalSchedule(interval=timedelta(days=1))
Deploy = Callable[..., UUID]


@pytest.fixture
def client(prefect: dict[str, str]) -> Iterator[SyncPrefectClient]:
    with get_client(sync_client=True) as client:
        yield client


@pytest.fixture
def pool(client: SyncPrefectClient) -> Iterator[str]:
    """A work pool of this test's own; the server is everybody's."""
    name = f"check-{secrets.token_hex(4)}"
    client.create_work_pool(WorkPoolCreate(name=name, type="process"))
    yield name
    client.delete_work_pool(name)


@pytest.fixture
def deploy(client: SyncPrefectClient, pool: str) -> Iterator[Deploy]:
    """Make a deployment in that pool."""
    made: list[UUID] = []
    flow = client.create_flow_from_name(pool)

    def make(name: str, schedule: SCHEDULE_TYPES, *, active: bool = True) -> UUID:
        schedules = [DeploymentScheduleCreate(schedule=schedule, active=active)]
        made.append(client.create_deployment(flow, name, work_pool_name=pool, schedules=schedules))
        return made[-1]

    yield make
    for each in made:
        client.delete_deployment(each)


def test_a_pool_that_is_not_there_is_a_warning(prefect: dict[str, str]):
    for found in (worker_online("check-none"), schedules_kept("check-none")):
        assert found.state is State.WARNING
        assert "run content-scaling setup" in found.warnings[0]


def test_a_pool_without_a_worker_is_a_warning_with_the_command_to_run(pool: str):
    found = worker_online(pool)
    assert found.state is State.WARNING
    assert found.warnings == [f"no worker of work pool {pool} is online: prefect worker start --pool {pool}"]


def test_a_worker_that_is_heard_of_is_online(client: SyncPrefectClient, pool: str):
    client.send_worker_heartbeat(pool, "one", heartbeat_interval_seconds=30)
    found = worker_online(pool)
    assert (found.state, found.text) == (State.OK, "1 worker online: one")


def test_a_pool_that_is_paused_is_a_warning_though_a_worker_is_there(client: SyncPrefectClient, pool: str):
    client.send_worker_heartbeat(pool, "one", heartbeat_interval_seconds=30)
    client.update_work_pool(pool, WorkPoolUpdate(is_paused=True))
    assert worker_online(pool).warnings == [f"work pool {pool} is paused: prefect work-pool resume {pool}"]


@pytest.mark.parametrize(
    ("silent_s", "every_s", "status", "wanted"),
    [
        (80, None, WorkerStatus.ONLINE, True),
        (100, None, WorkerStatus.ONLINE, False),
        (100, 60, WorkerStatus.ONLINE, True),
        (1, None, WorkerStatus.OFFLINE, False),
        (None, None, WorkerStatus.ONLINE, False),
    ],
)
def test_a_worker_is_online_for_three_of_its_heartbeats(silent_s, every_s, status, wanted):
    seen = NOW - timedelta(seconds=silent_s) if silent_s is not None else None
    worker = Worker(
        name="one",
        work_pool_id=uuid4(),
        last_heartbeat_time=seen,
        heartbeat_interval_seconds=every_s,
        status=status,
    )
    assert is_online(worker, NOW) is wanted


def test_schedules_that_are_planned_are_fine(pool: str, deploy: Deploy):
    deploy("daily", DAILY)
    until(lambda: schedules_kept(pool).state is State.OK, what="the server to plan runs", timeout=60)
    assert schedules_kept(pool).text == "run by schedule: 1 deployment"


def test_one_that_is_paused_late_or_never_planned_is_a_warning(client: SyncPrefectClient, pool: str, deploy: Deploy):
    deploy("resting", DAILY, active=False)
    deploy("over", RRuleSchedule(rrule="DTSTART:20200101T000000Z\nRRULE:FREQ=DAILY;UNTIL=20200103T000000Z"))
    late = deploy("waiting", DAILY)
    an_hour_ago = datetime.now(UTC) - timedelta(hours=1)
    client.create_flow_run_from_deployment(late, state=Scheduled(scheduled_time=an_hour_ago))
    found = schedules_kept(pool)
    assert list(found.warnings) == [
        "resting: does not run, its schedule is paused",
        "waiting: has been due for more than 10 minutes, and no worker took it",
        "over: has no run planned: look whether the server's scheduler is at work",
    ]
    assert found.details == {
        "active": ["over", "waiting"],
        "paused": ["resting"],
        "late": ["waiting"],
        "unplanned": ["over"],
    }
