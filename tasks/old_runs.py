"""Runs that Prefect need not keep any longer: those of our deployments, and of nobody else's on the same server.

Deleting a run, the server takes its states and task runs with it, and its logs a little later; artifacts it leaves, so
they go first. Its events go by the server's own rule (PREFECT_SERVER_EVENTS_RETENTION_PERIOD, a week).
"""

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from uuid import UUID

from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.filters import (
    ArtifactFilter,
    ArtifactFilterFlowRunId,
    FlowFilter,
    FlowFilterName,
    FlowRunFilter,
)
from prefect.client.schemas.objects import TERMINAL_STATES
from prefect.client.schemas.sorting import FlowRunSort
from prefect.exceptions import ObjectNotFound

from domain.work_pool import WORK_POOL
from tasks.run_history import FLOWS, PAGE


def count_runs(before: datetime) -> int:
    """Return how many runs of ours were over before that moment."""
    with get_client(sync_client=True) as client:
        over = _over(client, before)
        return client.count_flow_runs(flow_run_filter=over) if over is not None else 0


def delete_runs(before: datetime) -> int:
    """Delete the runs of ours that were over before that moment, each after its artifacts; return how many."""
    deleted = 0
    with get_client(sync_client=True) as client:
        over = _over(client, before)
        while over is not None:
            page = client.read_flow_runs(flow_run_filter=over, sort=FlowRunSort.EXPECTED_START_TIME_ASC, limit=PAGE)
            if not page:
                break
            run_ids = [run.id for run in page]
            _delete_artifacts(client, run_ids)
            deleted += sum(_delete_run(client, run_id) for run_id in run_ids)
    return deleted


def _over(client: SyncPrefectClient, before: datetime) -> FlowRunFilter | None:
    """Return what finds the runs that were over by then; None where no deployment is ours."""
    ours = _our_deployments(client)
    if not ours:
        return None
    states = sorted(TERMINAL_STATES)
    return FlowRunFilter.model_validate(
        {
            "deployment_id": {"any_": ours},
            "state": {"type": {"any_": states}},
            "end_time": {"before_": before},
        }
    )


def _our_deployments(client: SyncPrefectClient) -> list[UUID]:
    found: list[UUID] = []
    offset = 0
    while True:
        names = FlowFilter(name=FlowFilterName(any_=list(FLOWS)))
        page = client.read_deployments(flow_filter=names, limit=PAGE, offset=offset)
        found += [each.id for each in page if each.work_pool_name == WORK_POOL]
        offset += len(page)
        if len(page) < PAGE:
            return found


def _delete_artifacts(client: SyncPrefectClient, run_ids: Sequence[UUID]) -> None:
    of_runs = ArtifactFilter(flow_run_id=ArtifactFilterFlowRunId(any_=list(run_ids)))
    while page := client.read_artifacts(artifact_filter=of_runs, limit=PAGE):
        for artifact in page:
            with suppress(ObjectNotFound):  # somebody else was faster
                client.delete_artifact(artifact.id)


def _delete_run(client: SyncPrefectClient, run_id: UUID) -> bool:
    try:
        client.delete_flow_run(run_id)
    except ObjectNotFound:  # somebody else was faster
        return False
    return True
