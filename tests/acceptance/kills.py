"""Killing a run (SIGKILL) at a request that it makes, or while it writes to a table."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, LiteralString

import psycopg
import pytest
from psycopg import sql

from db.pool import conninfo
from sandbox.faults import Fault, Seen
from tests.acceptance.world import RUN_S, World
from tests.waiting import until


@dataclass(frozen=True)
class Step:
    """A request of a run; `nth` counts those of its kind from 1."""

    what: str
    service: str
    method: str
    path: str
    nth: int = 1

    def fits(self, service: str, seen: Seen) -> bool:
        """Whether a request is of this kind, the how manieth it may be."""
        return (service, seen.method) == (self.service, self.method) and bool(re.search(self.path, seen.path))

    def fault(self, kind: str, **more: Any) -> Fault:
        """Return a fault that hits this request alone."""
        return Fault(kind, method=self.method, path=self.path, skip=self.nth - 1, **more)


def sweep(asked: Iterable[Step], done: Sequence[Step], *, often: Sequence[Step] | None = None) -> list[Any]:
    """Return the kills as parameters: before each request, and after each that changes something.

    The kills after a change, when its answer is lost, are in every `make test`, where given only those after one of
    `often`; the others take a `make sweep`.
    """
    every_time = done if often is None else often
    kills = [
        pytest.param(step, "before", id=f"before {step.what}", marks=pytest.mark.sweep) for step in (*asked, *done)
    ]
    return kills + [
        pytest.param(step, "after", id=f"after {step.what}", marks=() if step in every_time else pytest.mark.sweep)
        for step in done
    ]


def kill_at(world: World, step: Step, when: str, **parameters: Any) -> None:
    """Kill a run before a request of it is done, or after that and before it is answered."""
    faults = world.twin.faults[step.service]
    faults.add(step.fault("hang", when=when))
    if when == "before":
        # Let go on, a request without a body would be done although nobody waits for it any more.
        faults.add(step.fault("status"))
    world.kill_when(lambda: faults.wait_for_hang(RUN_S), **parameters)
    faults.clear()
    wait_for_its_end(world)


def kill_while_writing(world: World, table: str, since: Step | None = None, **parameters: Any) -> None:
    """Kill a run while it waits to write to a table for the first time, or the first time `since` a request."""
    faults = world.twin.faults[since.service] if since is not None else None
    if faults is not None and since is not None:
        faults.add(since.fault("hang"))
    with psycopg.connect(conninfo(world.store.url, application_name="blocker")) as blocker:
        lock = sql.SQL("LOCK TABLE {} IN EXCLUSIVE MODE").format(sql.Identifier(table))

        def is_waiting() -> None:
            if faults is not None:
                faults.wait_for_hang(RUN_S)
                blocker.execute(lock)
                faults.clear()
            until(lambda: _waiting(world), what=f"a write to {table}", timeout=RUN_S)

        if faults is None:
            blocker.execute(lock)
        world.kill_when(is_waiting, **parameters)
    wait_for_its_end(world)


def left_out(world: World, steps: Iterable[Step]) -> list[tuple[str, str, str]]:
    """Return the requests that the runs have made and that are none of the steps."""
    known = list(steps)
    return [
        (service, seen.method, seen.path)
        for service, faults in world.twin.faults.items()
        for seen in faults.requests
        if not any(step.fits(service, seen) for step in known)
    ]


def wait_for_its_end(world: World) -> None:
    """Return when the connections of a killed run are gone: its leases are free then."""
    until(lambda: not _connections(world), what="the killed run's connections to end")


def _connections(world: World) -> int:
    """Connections that a run has to the world's database."""
    return _count(world, "application_name LIKE 'content-scaling%'")


def _waiting(world: World) -> int:
    """Connections of a run that wait for a lock."""
    return _count(world, "application_name LIKE 'content-scaling%' AND wait_event_type = 'Lock'")


def _count(world: World, condition: LiteralString) -> int:
    with psycopg.connect(conninfo(world.store.url, application_name="watcher")) as watcher:
        query = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND " + condition
        row = watcher.execute(query).fetchone()
    return int(row[0]) if row else 0
