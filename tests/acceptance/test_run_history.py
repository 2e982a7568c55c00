"""How runs went, read from a real Prefect server page by page."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from prefect import flow
from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import State
from prefect.states import Cancelled, Completed, Crashed, Scheduled

from domain.daily.window import Window
from tasks import run_history
from tasks.run_history import run_url, runs_in


@flow(name="reset-campaigns")
def one_of_ours() -> None:
    """Stands for a flow of ours."""


@flow(name="somebody-elses")
def not_ours() -> None:
    """Another project's, on the same server."""


def test_every_run_that_was_due_is_counted_but_for_dropped_ones_dry_runs_and_those_of_others(
    prefect: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_history, "PAGE", 2)
    since = datetime.now(UTC)
    with get_client(sync_client=True) as client:

        def add(state: State[Any], of: Any = one_of_ours, **parameters: Any) -> UUID:
            return client.create_flow_run(of, parameters=parameters, state=state).id

        crashed = add(Crashed(message="killed"))
        partial = add(Completed(name="Partial", message="1 failed"))
        late = add(Scheduled(scheduled_time=datetime.now(UTC)))
        cancelled = add(Cancelled(message="by hand"))
        left_out = [
            add(Cancelled(message="Deployment concurrency limit reached.")),
            add(Completed(), dry_run=True),
            add(Completed(), not_ours),
            add(Scheduled(scheduled_time=datetime.now(UTC) + timedelta(hours=1))),
        ]

    seen = {run.run_id: run for run in runs_in(Window(since, datetime.now(UTC), "24h"))}
    own = [str(run_id) for run_id in (crashed, partial, late, cancelled)]
    assert [run_id for run_id in seen if run_id in own] == own
    assert not {str(run_id) for run_id in left_out} & seen.keys()
    found = [seen[run_id] for run_id in own]
    assert [(run.state, run.has_failed, run.is_over) for run in found] == [
        ("Crashed", True, True),
        ("Partial", False, True),
        ("Scheduled", False, False),
        ("Cancelled", False, True),
    ]
    first = found[0]
    assert (first.workflow, first.message) == ("reset-campaigns", "killed")
    assert first.url == run_url(own[0]) == f"{prefect['PREFECT_UI_URL']}/runs/flow-run/{own[0]}"
