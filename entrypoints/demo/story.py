"""What the demo shows: the campaigns before, the run with its progress, and what arrived where."""

import time
from uuid import UUID

from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.objects import FlowRun
from prefect.deployments import run_deployment
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from db.engine import Store
from db.models import MasterAsset
from db.repositories.masters import masters_of
from entrypoints.demo.proof import campaigns_in_dam, masters_in_dam
from entrypoints.demo.stage import Stage

HERO = "C000000101"
"""The campaign that goes through."""

_POLL_S = 0.5


def show_campaigns(stage: Stage, console: Console, title: str) -> None:
    """Print every campaign of the DAM with its status as it is now."""
    table = Table(title=title, title_justify="left", title_style="bold", box=None, padding=(0, 2, 0, 0))
    for heading in ("campaign", "name", "type", "status in the DAM"):
        table.add_column(heading)
    for campaign in campaigns_in_dam(stage):
        table.add_row(campaign.number, escape(campaign.name), campaign.type, campaign.status)
    console.print(table)


def run_with_progress(stage: Stage, store: Store, console: Console) -> FlowRun:
    """Have the worker run a1-to-a2, showing what has arrived so far; return the finished run."""
    started = run_deployment("a1-to-a2/a1-to-a2", timeout=0, as_subflow=False)
    assert isinstance(started, FlowRun)  # noqa: S101  not async here
    console.print(f"Flow run: {stage.prefect_url}/runs/flow-run/{started.id}", highlight=False)
    columns = (TextColumn("  {task.description}"), BarColumn(), TextColumn("{task.fields[what]}"), TimeElapsedColumn())
    total = len(masters_in_dam(stage.twin.otmm, stage.twin.campaigns[HERO]))
    with Progress(*columns, console=console) as progress, get_client(sync_client=True) as client:
        bar = progress.add_task("worker is starting", total=total, what="")
        while True:
            run = _read(client, started.id)
            done = [master for master in _masters(store) if master.delivery_status == "delivered"]
            sent_mb = sum(master.file_size_bytes or 0 for master in done) / 1e6
            what = f"{len(done)} of {total} assets, {sent_mb:.0f} MB"
            state = run.state_name or "waiting"
            progress.update(bar, completed=len(done), what=what, description=f"run is {state.lower()}")
            if run.state is not None and run.state.is_final():
                return run
            time.sleep(_POLL_S)


def run_again(console: Console) -> FlowRun:
    """Have the worker run a1-to-a2 once more; return the finished run."""
    with console.status("worker is running"):
        finished = run_deployment("a1-to-a2/a1-to-a2", as_subflow=False, poll_interval=_POLL_S)
    assert isinstance(finished, FlowRun)  # noqa: S101  not async here
    return finished


def show_arrivals(store: Store, console: Console) -> None:
    """Print the masters of the campaign with their tracking ids and names in Box."""
    table = Table(title=f"{HERO} in Box", title_justify="left", title_style="bold", box=None, padding=(0, 2, 0, 0))
    for heading in ("asset in the DAM", "tracking id", "file in Box"):
        table.add_column(heading, overflow="fold")
    table.add_column("MB", justify="right")
    for master in _masters(store):
        size = f"{(master.file_size_bytes or 0) / 1e6:.1f}"
        table.add_row(escape(master.asset_path or ""), master.tracking_id, escape(master.box_filename or "-"), size)
    console.print(table)


def show_messages(stage: Stage, console: Console) -> None:
    """Print the mails and webhooks that arrived."""
    console.print("Mails and webhooks", style="bold")
    for mail in stage.twin.mail.mails:
        console.print(f"  mail     {escape(mail.subject)}  to {', '.join(mail.recipients)}", highlight=False)
    for hook in stage.twin.hooks.deliveries:
        facts = hook.body if isinstance(hook.body, dict) else {}
        news = f"{facts.get('campaign_number')} {facts.get('old_status')} → {facts.get('new_status')}"
        console.print(f"  webhook  {hook.name}: {news}, {facts.get('processed_assets')} assets", highlight=False)


def _masters(store: Store) -> list[MasterAsset]:
    with store.transaction() as session:
        return masters_of(session, HERO)


def _read(client: SyncPrefectClient, run_id: UUID) -> FlowRun:
    return client.read_flow_run(run_id)
