"""An operator at the terminal retires a master, or makes it active again: shown what it means, asked, then done."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass

import typer
from rich.console import Console
from rich.text import Text
from sqlalchemy.orm import Session

from blocks.bootstrap import block_from
from blocks.database import PostgresDatabase
from blocks.settings import load_settings
from db.engine import Store
from db.models import MasterAsset
from db.repositories.masters import masters_of
from db.repositories.progress import others_open
from db.repositories.retiring import ACTIVE, RETIRED, MasterStatus, master_in, retirements, set_master_status
from db.repositories.stays import open_stay
from domain.report import counted
from domain.status import Status
from domain.waiting import was_retired
from entrypoints.campaign_desk import operator

_GOING_OUT = (Status.A1, Status.B1)


@dataclass(frozen=True)
class Change:
    """What is asked for: a master is to be retired, or to be active again."""

    campaign_number: str
    tracking_id: str
    status: MasterStatus

    @property
    def question(self) -> str:
        """What is asked of the operator."""
        return f"Retire {self.tracking_id}?" if self.status == RETIRED else f"Make {self.tracking_id} active again?"


def carry_out(change: Change, reason: str, store: Store, console: Console, *, dry_run: bool) -> bool:
    """Show what the change means, ask, and make it in one transaction. False where it was not made, which is told."""
    with store.transaction() as session:
        refusal = _refusal(session, change)
        lines = [] if refusal else list(_meaning(session, change))
    if refusal is not None:
        console.print(Text(refusal, "yellow"), soft_wrap=True)
        return False
    for line in lines:
        console.print(Text(line), soft_wrap=True)
    if dry_run:
        console.print("dry run: nothing is changed", style="dim")
        return True
    if not typer.confirm(change.question):
        console.print("nothing is changed")
        return False
    with store.transaction() as session:
        is_made = set_master_status(
            session, change.campaign_number, change.tracking_id, change.status, by=operator(), reason=reason
        )
    done = f"{change.tracking_id} is {change.status}" if is_made else "somebody else has done it meanwhile"
    console.print(Text(done, "green" if is_made else "yellow"), soft_wrap=True)
    return is_made


@contextmanager
def open_store() -> Iterator[Store]:
    """Give the database of the settings; Prefect need not run for this."""
    with closing(block_from(load_settings(), PostgresDatabase).get_client()) as store:
        yield store


def _refusal(session: Session, change: Change) -> str | None:
    """Return why the change cannot be made, or None."""
    number, tracking_id = change.campaign_number, change.tracking_id
    master = master_in(session, number, tracking_id)
    if master is None:
        return f"{number} has no master with the tracking id {tracking_id}; content-scaling trace {number} lists them"
    if master.status != ACTIVE and change.status == RETIRED:
        known = retirements(session, [tracking_id])[tracking_id]
        return f"nothing to do: {was_retired(known.name, known.at, known.reason)}"
    if master.status == ACTIVE and change.status == ACTIVE:
        return f"nothing to do: {master.original_filename} is active"
    stay = open_stay(session, number)
    if change.status == RETIRED and stay is not None and stay.status in _GOING_OUT:
        return (
            f"{number} is {stay.status}: what lies in its folder in the DAM goes out to Box; take the asset out there"
        )
    return None


def _meaning(session: Session, change: Change) -> Iterator[str]:
    """Yield what the master is, and what the campaign waits for without it or with it."""
    master = master_in(session, change.campaign_number, change.tracking_id)
    if master is None:
        return
    yield f"{change.campaign_number} {master.campaign_name or ''}: {master.original_filename} {master.tracking_id}"
    if change.status == ACTIVE:
        yield "Files with its tracking id are taken in again, and the campaign waits for its first one."
        return
    yield "Files with its tracking id are refused from then on. What has come home stays in the DAM."
    yield _left(session, master)


def _left(session: Session, master: MasterAsset) -> str:
    if not any(each.id != master.id for each in masters_of(session, master.local_campaign_id)):
        return "It is the last active master: the campaign is then moved on by nobody but an operator."
    _, unfinished = others_open(session, master.local_campaign_id, master.id)
    if unfinished:
        return f"The campaign then waits for {counted(unfinished, 'other master')}."
    return "The campaign then waits for no other master; in A2 the next run of a2-to-a3 moves it on."
