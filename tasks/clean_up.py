"""Removes what nobody needs any more: leftovers on disk, rows that have had their time, old runs in Prefect."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

import httpx
from prefect import task
from prefect.cache_policies import NO_CACHE

from blocks.services import Services
from blocks.settings import Settings
from clients.backup import BackupFolder
from clients.workspace import leftovers
from db.repositories.old_rows import OldRows, count_old, let_go
from domain.errors import ServiceUnavailable
from tasks.old_runs import count_runs, delete_runs
from tasks.retrying import is_transient

_BATCH = 1000  # rows of one transaction: what a killed run has done until then stays done
_DEAD_FOR = timedelta(days=1)


@dataclass(frozen=True)
class Part:
    """One kind of things that go, in the singular. `remove` says how many went; in a dry run, how many would."""

    noun: str
    verb: str
    remove: Callable[["Cleaning"], int]


@dataclass(frozen=True)
class Cleaning:
    """What all parts of one run work with."""

    services: Services
    now: datetime
    dry_run: bool

    @property
    def settings(self) -> Settings:
        """How long things are kept."""
        return self.services.settings

    def days_ago(self, days: int) -> datetime:
        """Return the moment so many days before this run."""
        return self.now - timedelta(days=days)


@task(
    cache_policy=NO_CACHE,
    task_run_name="clean-up {part.noun}s",
    retry_condition_fn=is_transient,
)
def clean_up_part(part: Part, cleaning: Cleaning) -> int:
    """Remove what has had its time, and return how much that was."""
    return part.remove(cleaning)


def remove_folders(cleaning: Cleaning) -> int:
    """Remove the working folders that dead processes of this machine have left."""
    act = leftovers.left if cleaning.dry_run else leftovers.sweep
    return len(act(cleaning.settings.work_folder.absolute(), older_than=_DEAD_FOR, now=cleaning.now))


def remove_partial_backups(cleaning: Cleaning) -> int:
    """Remove what interrupted backups have left on this machine."""
    return len(BackupFolder(cleaning.settings.backup_folder).clear(dry_run=cleaning.dry_run))


def remove_rows(kind: OldRows, days: Callable[[Settings], int], cleaning: Cleaning) -> int:
    """Remove rows of a kind that ended more than so many days ago, batch by batch."""
    before, store = cleaning.days_ago(days(cleaning.settings)), cleaning.services.store
    if cleaning.dry_run:
        with store.transaction() as session:
            return count_old(session, kind, before)
    total = 0
    while True:
        with store.transaction() as session:
            gone = let_go(session, kind, before, limit=_BATCH)
        total += gone
        if not gone:
            return total


def remove_runs(cleaning: Cleaning) -> int:
    """Remove the runs of our deployments that Prefect has kept for long enough."""
    before = cleaning.days_ago(cleaning.settings.runs_keep_days)
    try:
        return count_runs(before) if cleaning.dry_run else delete_runs(before)
    except httpx.HTTPError as error:
        raise ServiceUnavailable(f"Prefect did not do it ({type(error).__name__})", service="Prefect") from error


PARTS = (
    Part("working folder", "removed", remove_folders),
    Part("backup leftover", "removed", remove_partial_backups),
    Part("sent message", "emptied", partial(remove_rows, OldRows.MESSAGES, lambda kept: kept.outbox_keep_days)),
    Part("Box event", "deleted", partial(remove_rows, OldRows.EVENTS, lambda kept: kept.outbox_keep_days)),
    Part("run record", "deleted", partial(remove_rows, OldRows.SUMMARIES, lambda kept: kept.run_summaries_keep_days)),
    Part("Prefect run", "deleted", remove_runs),
)
