"""What tests of moves by hand share: answering a run that waits in Prefect, and what the audit trail says."""

from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any

from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterState, FlowRunFilterStateType, FlowRunFilterTags
from prefect.client.schemas.objects import FlowRun, StateType
from prefect.client.schemas.responses import OrchestrationResult

from tests.acceptance.child import log_of
from tests.acceptance.world import RUN_S, World
from tests.waiting import until

ME = "me@desk"
"""Who confirms where nothing else is said."""

Run = tuple[ForkServerProcess, Path]


class Waiting:
    """A run that waits for an answer."""

    def __init__(self, run: Run, facts: FlowRun, client: SyncPrefectClient) -> None:
        self.run = run
        self._facts = facts
        self._client = client

    def answer(self, **fields: Any) -> OrchestrationResult[Any]:
        """Fill in the form; Prefect says whether it takes that."""
        return self._client.resume_flow_run(self._facts.id, run_input=fields)

    def said(self, part: str) -> str:
        """A part of the form, as Prefect keeps it: its description or its schema."""
        state = self._facts.state
        assert state is not None
        keys = state.state_details.run_input_keyset
        assert keys is not None
        where = {"id": self._facts.id, "key": keys[part]}
        return str(self._client.request("GET", "/flow_runs/{id}/input/{key}", path_params=where).json())


@contextmanager
def waiting(world: World, flow: str, number: str, **parameters: Any) -> Iterator[Waiting]:
    """Start a run, and give it when it waits to be confirmed for the campaign of that number, among others."""
    run = world.start(flow, **parameters)
    paused = FlowRunFilter(
        tags=FlowRunFilterTags(all_=[number]),
        state=FlowRunFilterState(type=FlowRunFilterStateType(any_=[StateType.PAUSED])),
    )
    with get_client(sync_client=True) as client:

        def found() -> list[FlowRun]:
            # Other workers have runs for campaigns of the same number on this server.
            said = log_of(run[1]).read_text() if log_of(run[1]).exists() else ""
            runs = client.read_flow_runs(flow_run_filter=paused)
            return [each for each in runs if str(each.id) in said and _has_form(client, each)]

        until(found, what="the run to ask", timeout=RUN_S)
        yield Waiting(run, found()[0], client)


def _has_form(client: SyncPrefectClient, run: FlowRun) -> bool:
    """Whether the form is there; it comes a moment after the pause."""
    keys = run.state.state_details.run_input_keyset if run.state is not None else None
    if keys is None:
        return False
    wanted = {"prefix": keys["description"]}
    found = client.request("POST", "/flow_runs/{id}/input/filter", json=wanted, path_params={"id": run.id})
    return bool(found.json())


def events(world: World, number: str, *types: str) -> list[dict[str, Any]]:
    """What the audit trail says of a campaign's moves, oldest first."""
    rows = world.sql(
        "SELECT event_type, detail FROM asset_events WHERE campaign_number = %s ORDER BY id",
        number,
    )
    return [detail for event_type, detail in rows if event_type in (types or ("status_changed",))]


def moves(world: World) -> list[tuple[Any, ...]]:
    """Every move that was planned, oldest first."""
    return world.sql("SELECT campaign_number, from_status, to_status, state FROM status_moves ORDER BY id")
