"""Runs that are stopped on purpose, with their worker: said to be so, or they would look as if they went on."""

from collections.abc import Collection

from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import FlowRunFilter, WorkPoolFilter
from prefect.client.schemas.objects import FlowRun, StateType
from prefect.states import Cancelled

from domain.work_pool import WORK_POOL

_GOING_ON = [StateType.PENDING, StateType.RUNNING, StateType.PAUSED, StateType.CANCELLING]
_MESSAGE = "stopped together with its worker; the next run goes on where this one was"


def mark_stopped(pids: Collection[int]) -> list[str]:
    """Cancel the runs that are in those processes of this machine, and return their names. Needs the Prefect API."""
    with get_client(sync_client=True) as client:
        runs = client.read_flow_runs(
            flow_run_filter=FlowRunFilter.model_validate({"state": {"type": {"any_": _GOING_ON}}}),
            work_pool_filter=WorkPoolFilter.model_validate({"name": {"any_": [WORK_POOL]}}),
        )
        ours = [run for run in runs if _pid(run) in pids]
        for run in ours:
            client.set_flow_run_state(run.id, Cancelled(message=_MESSAGE), force=True)
    return [run.name for run in ours]


def _pid(run: FlowRun) -> int | None:
    """Return the process that the run is in, where its worker starts processes."""
    pid = run.infrastructure_pid
    return int(pid) if pid is not None and pid.isascii() and pid.isdigit() else None
