"""Runs as Prefect has them: how each went, and where to look at it. Prefect's state is history, not truth."""

from collections.abc import Iterator
from datetime import UTC, datetime

import httpx
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.filters import FlowFilter, FlowFilterName, FlowRunFilter, FlowRunFilterExpectedStartTime
from prefect.client.schemas.objects import FlowRun
from prefect.client.schemas.sorting import FlowRunSort
from prefect.utilities.urls import url_for

from domain.daily.model import WORKFLOWS, SeenRun
from domain.daily.window import Window
from domain.errors import ServiceError, ServiceRejected, ServiceUnavailable
from domain.routes import OPERATOR_WORKFLOWS

FLOWS = (
    *(*WORKFLOWS, "deliver-messages", "daily-report", *OPERATOR_WORKFLOWS),
    *("backup-database", "check-backup", "clean-up"),
)
"""The flows whose runs are ours."""

PAGE = 200
"""Rows that Prefect's server gives at once; it refuses to give more."""
_DROPPED = "Deployment concurrency limit reached."
"""State message of runs that came due while the one before was still going: they were never meant to run."""


def runs_in(window: Window) -> list[SeenRun]:
    """Return every run that was due in the window, in that order, but for dropped ones and dry runs.

    Raises ServiceError where Prefect does not tell of them.
    """
    try:
        return list(_runs_in(window))
    except httpx.HTTPError as error:
        raise _untold(error) from error


def _runs_in(window: Window) -> Iterator[SeenRun]:
    with get_client(sync_client=True) as client:
        names = {flow.id: flow.name for flow in client.read_flows(flow_filter=_ours())}
        for run in _pages(client, window):
            if _counts(run) and run.flow_id in names:
                yield _seen(run, names[run.flow_id])


def _untold(error: httpx.HTTPError) -> ServiceError:
    code = error.response.status_code if isinstance(error, httpx.HTTPStatusError) else None
    if code in (401, 403):
        what = f"PREFECT_API_AUTH_STRING: the Prefect server refuses it ({code})"
        return ServiceRejected(what, service="Prefect", status_code=code)
    what = type(error).__name__ if code is None else f"{type(error).__name__}, {code}"
    text = f"the Prefect server did not tell of its runs ({what})"
    return ServiceUnavailable(text, service="Prefect", status_code=code)


def run_url(run_id: str | None) -> str | None:
    """Return the page of a run, None where nobody knows it."""
    return url_for("flow-run", run_id) if run_id else None


def _pages(client: SyncPrefectClient, window: Window) -> Iterator[FlowRun]:
    # By the time that they were due, which every run has: one that nobody has started is worth knowing too.
    due = FlowRunFilterExpectedStartTime.model_validate({"after_": window.since, "before_": window.until})
    offset = 0
    while True:
        page = client.read_flow_runs(
            flow_filter=_ours(),
            flow_run_filter=FlowRunFilter(expected_start_time=due),
            sort=FlowRunSort.EXPECTED_START_TIME_ASC,
            limit=PAGE,
            offset=offset,
        )
        yield from page
        offset += len(page)
        if len(page) < PAGE:
            return


def _ours() -> FlowFilter:
    return FlowFilter(name=FlowFilterName(any_=list(FLOWS)))


def _counts(run: FlowRun) -> bool:
    dropped = run.state is not None and run.state.is_cancelled() and run.state.message == _DROPPED
    return not dropped and not run.parameters.get("dry_run")


def _seen(run: FlowRun, workflow: str) -> SeenRun:
    state = run.state
    at = run.start_time or run.expected_start_time or run.created
    return SeenRun(
        run_id=str(run.id),
        workflow=workflow,
        name=run.name,
        state=(state.name if state is not None else None) or "unknown",
        has_failed=state is not None and (state.is_failed() or state.is_crashed()),
        is_over=state is not None and state.is_final(),
        message=(state.message if state is not None else None) or "",
        at=at or datetime.now(UTC),
        ended_at=run.end_time,
        url=run_url(str(run.id)),
    )
