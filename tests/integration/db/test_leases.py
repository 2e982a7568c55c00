"""Leases: one holder at a time, taken over when the holder is gone, and never written past."""

import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import psycopg
import pytest
from sqlalchemy import text

from db.engine import Store
from db.leases import Lease, LeaseKeeper, check_fence
from domain.errors import LeaseLost, StoreUnavailable

KEY = "campaign/C000000078"

HOLDER = """
import sys
from db.leases import LeaseKeeper
lease = LeaseKeeper(sys.argv[1], "other process").acquire(sys.argv[2])
print(lease.token, flush=True)
sys.stdin.read()
"""


@pytest.fixture
def keeper(database_url: str) -> Iterator[Callable[[str], LeaseKeeper]]:
    """Make keepers, all closed at the end."""
    with ExitStack() as closing:

        def make(holder: str) -> LeaseKeeper:
            made = LeaseKeeper(database_url, holder)
            closing.callback(made.close)
            return made

        yield make


def held(keeper: LeaseKeeper, key: str = KEY) -> Lease:
    lease = keeper.acquire(key)
    assert lease is not None
    return lease


def change(database_url: str, statement: str) -> None:
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(statement)


def expire(database_url: str) -> None:
    """Let all leases run out, as if their holders had fallen silent a while ago."""
    change(database_url, "UPDATE leases SET expires_at = clock_timestamp() - interval '1 s'")


def lose_connections(database_url: str, holder: str) -> None:
    """Cut a keeper's connection on the server's side and wait until it is gone."""
    query = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE application_name = '{}'"
    change(database_url, query.format(f"content-scaling lease {holder}"))


def test_a_lease_that_is_held_is_given_to_nobody_else(keeper):
    one, two = keeper("one"), keeper("two")

    assert one.acquire(KEY)
    assert two.acquire(KEY) is None
    assert one.acquire(KEY) is None
    assert two.acquire("campaign/another")


def test_a_released_lease_is_free_and_its_next_token_is_higher(keeper):
    one, two = keeper("one"), keeper("two")
    first = held(one)
    one.release(first)

    assert held(two).token > first.token
    assert not one.holds(first)


def test_a_lease_is_held_during_a_block(keeper):
    one, two = keeper("one"), keeper("two")

    with one.holding(KEY) as lease, two.holding(KEY) as refused:
        assert lease is not None
        assert refused is None
    assert two.acquire(KEY)


def test_of_many_that_race_one_gets_the_lease(keeper, threads: ThreadPoolExecutor):
    keepers = [keeper(f"k{n}") for n in range(8)]
    for _ in range(5):
        leases = list(threads.map(lambda one: one.acquire(KEY), keepers))
        (winner,) = [one for one, lease in zip(keepers, leases, strict=True) if lease]
        (lease,) = filter(None, leases)
        winner.release(lease)


def test_a_killed_process_gives_its_lease_up_at_once(keeper, database_url: str):
    command = [sys.executable, "-c", HOLDER, database_url, KEY]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        try:
            assert other.stdout is not None
            token = int(other.stdout.readline())
            mine = keeper("mine")
            assert mine.acquire(KEY) is None
        finally:
            other.kill()
            other.wait()
        # The server notices the closed socket within moments; the lease itself would last a minute.
        lease = next(filter(None, (mine.acquire(KEY) for _ in range(10_000))))

    assert lease.token > token


def test_a_lease_that_was_not_renewed_can_be_taken_over(keeper, database_url: str):
    first = held(keeper("one"))
    # As if its process hung: the row is old and its thread does not renew it in time.
    change(database_url, "UPDATE leases SET expires_at = clock_timestamp() - interval '1 s'")

    assert held(keeper("two")).token > first.token


def test_a_keeper_that_was_taken_over_notices(keeper, database_url: str):
    one = keeper("one")
    first = held(one)
    expire(database_url)
    second = held(keeper("two"))
    one.renew()

    assert not one.holds(first)
    one.release(first)
    assert keeper("three").acquire(KEY) is None
    assert second.holder == "two"


def test_a_renewal_makes_the_lease_last(keeper, database_url: str):
    one = keeper("one")
    held(one)
    expire(database_url)
    one.renew()

    assert keeper("two").acquire(KEY) is None


def test_leases_are_renewed_in_the_background(keeper, store: Store):
    one = keeper("one")
    lease = one.acquire(KEY, 0.3)
    assert lease is not None

    def expiry() -> float:
        with store.transaction() as session:
            return float(session.execute(text("SELECT extract(epoch FROM expires_at) FROM leases")).scalar_one())

    first = expiry()
    deadline = threading.Event()
    timer = threading.Timer(10, deadline.set)
    timer.start()
    try:
        while not deadline.is_set() and expiry() < first + 1:
            pass
    finally:
        timer.cancel()
    assert not deadline.is_set()
    assert one.holds(lease)


def test_a_keeper_that_lost_its_connection_keeps_its_lease_when_nobody_took_it(keeper, database_url: str):
    one = keeper("one")
    lease = held(one)
    lose_connections(database_url, "one")
    one.renew()

    assert one.holds(lease)
    assert keeper("two").acquire(KEY) is None


def test_a_keeper_that_lost_its_connection_can_be_taken_over_at_once(keeper, database_url: str):
    one = keeper("one")
    lease = held(one)
    lose_connections(database_url, "one")
    second = keeper("two").acquire(KEY)
    one.renew()

    # Whichever was faster, the renewing thread or the second keeper, exactly one holds it.
    assert (second is None) == one.holds(lease)


def test_an_idle_keeper_whose_connection_died_still_gives_leases(keeper, database_url: str):
    one = keeper("one")
    one.release(held(one))
    lose_connections(database_url, "one")

    assert one.acquire(KEY)


def test_a_backend_number_that_is_used_again_is_not_taken_for_the_holder(keeper, database_url: str):
    held(keeper("one"))
    change(database_url, "UPDATE leases SET backend_start = backend_start - interval '1 day'")

    assert keeper("two").acquire(KEY)


def test_the_fence_lets_the_holder_write(keeper, store: Store):
    lease = held(keeper("one"))

    with store.transaction() as session:
        check_fence(session, lease)


def test_the_fence_stops_a_holder_that_was_taken_over(keeper, store: Store, database_url: str):
    lost = held(keeper("one"))
    expire(database_url)
    held(keeper("two"))

    with pytest.raises(LeaseLost, match=KEY), store.transaction() as session:
        check_fence(session, lost)


def test_the_fence_stops_a_holder_that_gave_the_lease_back(keeper, store: Store):
    one = keeper("one")
    lease = held(one)
    one.release(lease)

    with pytest.raises(LeaseLost), store.transaction() as session:
        check_fence(session, lease)


def test_a_takeover_waits_for_a_fenced_write(keeper, store: Store, database_url: str, threads: ThreadPoolExecutor):
    first, two = held(keeper("one")), keeper("two")
    expire(database_url)
    with store.transaction() as session:
        check_fence(session, first)
        taking = threads.submit(two.acquire, KEY)
        wait_for_a_waiting_backend(database_url)
        session.execute(text("INSERT INTO facts VALUES ('k', 'd', now(), now())"))
    second = taking.result(10)

    assert second is not None
    assert second.token > first.token


def test_a_takeover_gives_up_on_a_fenced_write_that_takes_long(keeper, store: Store, database_url: str):
    lease, two = held(keeper("one")), keeper("two")
    expire(database_url)

    with store.transaction() as session:
        check_fence(session, lease)
        assert two.acquire(KEY) is None


def test_a_renewal_does_not_wait_for_a_fenced_write(keeper, store: Store, database_url: str):
    one = keeper("one")
    lease = held(one)
    expire(database_url)
    with store.transaction() as session:
        check_fence(session, lease)
        one.renew()

    assert keeper("two").acquire(KEY) is None


def test_a_closed_keeper_leaves_no_lease_and_no_thread(database_url: str, keeper):
    closing = LeaseKeeper(database_url, "closing")
    held(closing)
    before = [thread for thread in threading.enumerate() if thread.name == "lease-renewer"]
    closing.close()
    after = [thread for thread in threading.enumerate() if thread.name == "lease-renewer"]

    assert len(after) == len(before) - 1
    assert keeper("two").acquire(KEY)


def test_a_server_that_is_gone_is_unavailable(closed_port: int):
    keeper = LeaseKeeper(f"postgresql://x:hidden@127.0.0.1:{closed_port}/x", "one")

    with pytest.raises(StoreUnavailable) as caught:
        keeper.acquire(KEY)
    assert "hidden" not in str(caught.value)
    keeper.close()


def wait_for_a_waiting_backend(database_url: str) -> None:
    """Return once some statement in this database waits for a lock; the test's own timeouts bound it."""
    query = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    with psycopg.connect(database_url, autocommit=True) as connection:
        for _ in range(20_000):
            if connection.execute(query).fetchone() != (0,):
                return
    raise AssertionError("nobody waits")
