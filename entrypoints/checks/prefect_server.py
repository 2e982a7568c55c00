"""Prefect: the server and its blocks, a worker for the pool, and the schedules."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial

import prefect
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.filters import (
    DeploymentFilter,
    DeploymentFilterId,
    FlowRunFilter,
    FlowRunFilterState,
    FlowRunFilterStateType,
    WorkPoolFilter,
    WorkPoolFilterName,
)
from prefect.client.schemas.objects import StateType, Worker, WorkerStatus
from prefect.client.schemas.responses import DeploymentResponse
from prefect.client.schemas.sorting import FlowRunSort
from prefect.exceptions import ObjectNotFound
from prefect.settings import get_current_settings

from blocks.bootstrap import differing_blocks, left_blocks
from blocks.settings import Settings
from deployments.automations import missing_or_different
from domain.report import counted
from domain.work_pool import WORK_POOL
from entrypoints.checks.verdict import Found, State, Verdict, attempt
from entrypoints.prefect_api import require_server

_SOURCE = "PREFECT_API_URL"
_BEATS_MISSED = 3  # from so many on Prefect's server calls a worker offline
_BEAT_S = 30
_LATE = timedelta(minutes=10)
_SETUP = "content-scaling setup"


def check_prefect(settings: Settings) -> Iterator[Verdict]:
    """Yield the verdicts on the Prefect server of PREFECT_API_URL, where one is set."""
    if get_current_settings().api.url is None:
        text = "PREFECT_API_URL is not set: `run` starts a private server, `setup` needs one of yours"
        yield Verdict("Prefect", State.OK, text)
        return
    server = attempt("Prefect", _SOURCE, partial(_server, settings))
    yield server
    if server.state is not State.FAILED:
        yield attempt("Prefect worker", _SOURCE, worker_online)
        yield attempt("Prefect schedules", _SOURCE, schedules_kept)
        yield attempt("Prefect automations", _SOURCE, partial(_automations, settings))


def _server(settings: Settings) -> Found:
    url = require_server()
    with get_client(sync_client=True) as client:
        version = client.api_version()
    differing = differing_blocks(settings)
    text, warnings = f"{url} answers", []
    if version != prefect.__version__:
        warnings.append(f"the server is Prefect {version}, this is {prefect.__version__}: install the same on both")
    if differing:
        changes = f"setup would change {', '.join(differing)}"
        warnings.append(f"runs use its blocks, not these settings, and {changes}")
    if left := left_blocks(settings):
        how = f"to end that: prefect block delete BLOCK, then {_SETUP}"
        warnings.append(
            f"these settings say nothing of {', '.join(left)}, which runs or alarms use all the same; {how}"
        )
    if not differing and not left:
        text += "; its blocks are as these settings say"
    blocks = {"differing_blocks": differing, "left_blocks": left}
    details = {"url": url, "version": version, "own_version": prefect.__version__, **blocks}
    return Found(text, warnings=warnings, details=details)


def _automations(settings: Settings) -> Found:
    """Say whether the server watches over runs as the settings have it."""
    differing = missing_or_different(settings)
    warnings = [f"{', '.join(differing)}: not as set-up makes it; run {_SETUP}"] if differing else []
    return Found("" if differing else "as set-up makes them", warnings=warnings, details={"differing": differing})


def worker_online(pool: str = WORK_POOL) -> Found:
    """Say whether anybody takes the runs of a work pool."""
    start = f"prefect worker start --pool {pool}"
    with get_client(sync_client=True) as client:
        try:
            is_paused = client.read_work_pool(pool).is_paused
            workers = client.read_workers_for_work_pool(pool)
        except ObjectNotFound:
            return Found("", warnings=[f"there is no work pool {pool}: run {_SETUP}"])
    now = datetime.now(UTC)
    online = sorted(worker.name for worker in workers if is_online(worker, now))
    warnings = [f"work pool {pool} is paused: prefect work-pool resume {pool}"] if is_paused else []
    if not online:
        warnings.append(f"no worker of work pool {pool} is online{_last_seen(workers)}: {start}")
    text = f"{counted(len(online), 'worker')} online: {', '.join(online)}" if online else ""
    return Found(text, warnings=warnings, details={"online": online, "paused": is_paused})


def is_online(worker: Worker, now: datetime) -> bool:
    """Tell whether the worker is there: the server says so, and it was heard of lately.

    The server itself notes that one is gone by a service that can be off or behind.
    """
    seen = worker.last_heartbeat_time
    patience = timedelta(seconds=_BEATS_MISSED * (worker.heartbeat_interval_seconds or _BEAT_S))
    return worker.status == WorkerStatus.ONLINE and seen is not None and now - seen <= patience


def _last_seen(workers: Sequence[Worker]) -> str:
    seen = [(worker.last_heartbeat_time, worker.name) for worker in workers if worker.last_heartbeat_time is not None]
    if not seen:
        return ""
    at, name = max(seen)
    return f"; {name} was last heard of on {at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def schedules_kept(pool: str = WORK_POOL) -> Found:
    """Say whether what is scheduled in a work pool is planned by the server, and taken when it is due."""
    with get_client(sync_client=True) as client:
        wanted = WorkPoolFilter(name=WorkPoolFilterName(any_=[pool]))
        deployments = sorted(client.read_deployments(work_pool_filter=wanted), key=lambda found: found.name)
        scheduled = [each for each in deployments if each.schedules]
        active = [each for each in scheduled if _is_active(each)]
        first = {each.name: _first_planned(client, each) for each in active}
    now = datetime.now(UTC)
    names = [each.name for each in active]
    paused = [each.name for each in scheduled if each not in active]
    late = [name for name in names if (at := first[name]) is not None and at < now - _LATE]
    unplanned = [name for name in names if first[name] is None]
    warnings = _schedule_warnings(paused, late, unplanned) if scheduled else [f"none in work pool {pool}: run {_SETUP}"]
    text = f"run by schedule: {counted(len(active), 'deployment')}" if active else ""
    return Found(text, [], warnings, {"active": names, "paused": paused, "late": late, "unplanned": unplanned})


def _schedule_warnings(paused: Sequence[str], late: Sequence[str], unplanned: Sequence[str]) -> list[str]:
    minutes = _LATE.seconds // 60
    said = (
        (paused, "does not run, its schedule is paused"),
        (late, f"has been due for more than {minutes} minutes, and no worker took it"),
        (unplanned, "has no run planned: look whether the server's scheduler is at work"),
    )
    return [f"{', '.join(names)}: {fact}" for names, fact in said if names]


def _is_active(deployment: DeploymentResponse) -> bool:
    return not deployment.paused and any(schedule.active for schedule in deployment.schedules)


def _first_planned(client: SyncPrefectClient, deployment: DeploymentResponse) -> datetime | None:
    """Return when the next run that has not begun is due, or was."""
    runs = client.read_flow_runs(
        deployment_filter=DeploymentFilter(id=DeploymentFilterId(any_=[deployment.id])),
        flow_run_filter=FlowRunFilter(
            state=FlowRunFilterState(type=FlowRunFilterStateType(any_=[StateType.SCHEDULED]))
        ),
        sort=FlowRunSort.EXPECTED_START_TIME_ASC,
        limit=1,
    )
    return runs[0].expected_start_time if runs else None
