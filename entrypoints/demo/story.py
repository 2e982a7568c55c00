"""What the demo shows of its runs: the campaigns, the progress, and what arrived where."""

import time
from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.filters import DeploymentFilter, DeploymentFilterName
from prefect.client.schemas.objects import FlowRun
from prefect.client.schemas.sorting import FlowRunSort
from prefect.deployments import run_deployment
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from db.engine import Store
from db.models import MasterAsset
from db.repositories.masters import masters_of
from entrypoints.demo.proof import campaigns_in_dam
from entrypoints.demo.stage import Stage

HERO = "C000000101"
"""The campaign that goes through."""
GLOBAL = "C000000107"
"""The global campaign that goes out beside it."""

_POLL_S = 0.5
_DEADLINE_S = 180.0

Sight = Callable[[], tuple[int, str]]
"""Tells how many are done so far, and says it in words."""


def show_campaigns(stage: Stage, console: Console, title: str) -> None:
    """Print every campaign of the DAM with its status as it is now."""
    table = Table(title=title, title_justify="left", title_style="bold", box=None, padding=(0, 2, 0, 0))
    for heading in ("campaign", "name", "type", "status in the DAM"):
        table.add_column(heading)
    for campaign in campaigns_in_dam(stage):
        table.add_row(campaign.number, escape(campaign.name), campaign.type, campaign.status)
    console.print(table)


def run_with_progress(deployment: str, stage: Stage, console: Console, total: int, sight: Sight) -> FlowRun:
    """Have the worker run a deployment, showing what is done so far; return the finished run."""
    return watch(start_run(deployment), stage, console, total, sight)


def watch(run_id: UUID, stage: Stage, console: Console, total: int, sight: Sight) -> FlowRun:
    """Show the progress of a run until it is over; return it."""
    console.print(f"Flow run: {stage.prefect_url}/runs/flow-run/{run_id}", highlight=False)
    columns = (TextColumn("  {task.description}"), BarColumn(), TextColumn("{task.fields[what]}"), TimeElapsedColumn())
    with Progress(*columns, console=console) as progress, get_client(sync_client=True) as client:
        bar = progress.add_task("worker is starting", total=total, what="")
        while True:
            run = _read(client, run_id)
            done, what = sight()
            state = run.state_name or "waiting"
            progress.update(bar, completed=done, what=what, description=f"run is {state.lower()}")
            if run.state is not None and run.state.is_final():
                break
            time.sleep(_POLL_S)
    console.print(f"Run {run.name!r}: {run.state.message if run.state else ''}\n", highlight=False)
    return run


def run_started_by_webhook(deployment: str, *, nth: int = 1) -> UUID:
    """Return the nth run that the receiver has started, as soon as there is one."""
    name = DeploymentFilter(name=DeploymentFilterName(any_=[deployment]))
    deadline = time.monotonic() + _DEADLINE_S
    with get_client(sync_client=True) as client:
        newest_first = FlowRunSort.EXPECTED_START_TIME_DESC
        while len(runs := client.read_flow_runs(deployment_filter=name, sort=newest_first)) < nth:
            if time.monotonic() > deadline:
                raise TimeoutError(f"the receiver has started no run of {deployment}")
            time.sleep(_POLL_S)
    return runs[0].id


def start_run(deployment: str) -> UUID:
    """Have the worker run a deployment; return the run at once."""
    run = run_deployment(deployment, timeout=0, as_subflow=False)
    assert isinstance(run, FlowRun)  # noqa: S101  not async here
    return run.id


def finish_runs(run_ids: Sequence[UUID], console: Console) -> None:
    """Wait for runs to end, and print what each of them says of itself."""
    with console.status("worker is running"), get_client(sync_client=True) as client:
        for run_id in run_ids:
            while (run := _read(client, run_id)).state is None or not run.state.is_final():
                time.sleep(_POLL_S)
            console.print(f"Run {run.name!r}: {run.state.message}", highlight=False)


def masters_in_box(store: Store) -> tuple[int, str]:
    """Tell how many masters of the campaign have arrived in Box."""
    masters = hero_masters(store)
    done = [master for master in masters if master.delivery_status == "delivered"]
    sent_mb = sum(master.file_size_bytes or 0 for master in done) / 1e6
    return len(done), f"{len(done)} masters in Box, {sent_mb:.0f} MB"


def show_arrivals(store: Store, console: Console) -> None:
    """Print the masters of the campaign with their tracking ids and names in Box."""
    table = Table(title=f"{HERO} in Box", title_justify="left", title_style="bold", box=None, padding=(0, 2, 0, 0))
    for heading in ("asset in the DAM", "tracking id", "file in Box"):
        table.add_column(heading, overflow="fold")
    table.add_column("MB", justify="right")
    for master in hero_masters(store):
        size = f"{(master.file_size_bytes or 0) / 1e6:.1f}"
        table.add_row(escape(master.asset_path or ""), master.tracking_id, escape(master.box_filename or "-"), size)
    console.print(table)


def show_messages(stage: Stage, console: Console, *, after: tuple[int, int] = (0, 0)) -> tuple[int, int]:
    """Print the mails and webhooks that came after so many of each; return how many there are."""
    mails, hooks = stage.twin.mail.mails, stage.twin.hooks.deliveries
    console.print("Mails and webhooks", style="bold")
    for mail in mails[after[0] :]:
        console.print(f"  mail     {escape(mail.subject)}", highlight=False)
    for hook in hooks[after[1] :]:
        console.print(f"  webhook  {hook.name}: {_news(hook.body)}", highlight=False)
    return len(mails), len(hooks)


def _news(body: Any) -> str:
    facts = body if isinstance(body, dict) else {}
    if "live_campaign" in facts:
        return f"{facts['campaign_number']} is {facts['status']}, live_campaign {facts['live_campaign']}"
    move = f"{facts.get('campaign_number')} {facts.get('old_status')} → {facts.get('new_status')}"
    return f"{move}, {facts.get('processed_assets')} assets"


def hero_masters(store: Store) -> list[MasterAsset]:
    """Return the masters of the campaign that goes through."""
    with store.transaction() as session:
        return masters_of(session, HERO)


def _read(client: SyncPrefectClient, run_id: UUID) -> FlowRun:
    return client.read_flow_run(run_id)
