"""The work pool that all deployments run in."""

from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.actions import WorkPoolCreate, WorkPoolUpdate
from prefect.client.schemas.objects import WorkPool
from prefect.exceptions import ObjectAlreadyExists, ObjectNotFound

from deployments.plan import MADE, Item, changed, moved
from domain.work_pool import WORK_POOL

_NAME = f"work pool: {WORK_POOL}"


def plan_pool(runs_at_once: int | None) -> Item:
    """Return what `set_pool` would do. Needs the Prefect API."""
    with get_client(sync_client=True) as client:
        found = _pool(client)
    return Item(_NAME, MADE if found is None else changed(moved("limit", found.concurrency_limit, runs_at_once)))


def set_pool(runs_at_once: int | None) -> str:
    """Make the pool, or give it this limit; None is no limit. Returns what was done, in words.

    What else people have set, such as that it is paused, stays as it is.
    """
    with get_client(sync_client=True) as client:
        try:
            client.create_work_pool(WorkPoolCreate(name=WORK_POOL, type="process", concurrency_limit=runs_at_once))
        except ObjectAlreadyExists:
            return _limit(client, runs_at_once)
    return MADE


def _limit(client: SyncPrefectClient, runs_at_once: int | None) -> str:
    change = changed(moved("limit", client.read_work_pool(WORK_POOL).concurrency_limit, runs_at_once))
    if change is None:
        return "was there"
    client.update_work_pool(WORK_POOL, WorkPoolUpdate(concurrency_limit=runs_at_once))
    return change


def _pool(client: SyncPrefectClient) -> WorkPool | None:
    try:
        return client.read_work_pool(WORK_POOL)
    except ObjectNotFound:
        return None
