"""The rate that all processes share."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import event, text

from db.engine import Store
from db.governor import CALLS, UPLOADS, Bucket, Limit, RateGovernor, SystemClock
from domain.errors import StoreUnavailable

CALLER = """
import sys, time
from sqlalchemy import event
from db.engine import Store
from db.governor import Limit, RateGovernor, SystemClock

store = Store(sys.argv[1])
statements = []
event.listen(store.engine, "before_cursor_execute", lambda *call: statements.append(call[2]))
governor = RateGovernor(store, "box", calls=Limit(float(sys.argv[2]), 14))
print("ready", flush=True)
sys.stdin.readline()
times = []
for _ in range(int(sys.argv[3])):
    governor.take()
    times.append(time.time())
print(len(statements), *times)
store.close()
"""


class SteppedClock:
    """A clock that stands still, except while somebody sleeps; notes how long each sleep was."""

    def __init__(self) -> None:
        self.time = 1000.0
        self.slept: list[float] = []

    def now(self) -> float:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.time += seconds


def statements_of(store: Store) -> list[str]:
    """The list of statements that the store runs from now on."""
    statements: list[str] = []
    event.listen(store.engine, "before_cursor_execute", lambda *call: statements.append(call[2]))
    return statements


def run_callers(database_url: str, *, processes: int, per_s: float, calls: int) -> tuple[list[float], int]:
    """Let processes call as fast as they may, all from one moment; return all times in order, and the statements."""
    command = [sys.executable, "-c", CALLER, database_url, str(per_s), str(calls)]
    running = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(processes)
    ]
    try:
        for process in running:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
        for process in running:
            assert process.stdin is not None
            process.stdin.write("go\n")
            process.stdin.flush()
        answers = [process.communicate(timeout=60)[0].split() for process in running]
    finally:
        for process in running:
            process.kill()
            process.wait()
    times = sorted(float(time) for answer in answers for time in answer[1:])
    return times, sum(int(answer[0]) for answer in answers)


@pytest.mark.sweep
def test_three_processes_together_stay_below_the_rate_and_come_near_it(database_url: str):
    per_s, burst = 40, 14
    times, statements = run_callers(database_url, processes=3, per_s=per_s, calls=60)

    assert len(times) == 180
    for window_s in (1, 2):
        busiest = max(sum(start <= time < start + window_s for time in times) for start in times)
        # A busy machine may wake a caller late, which then comes on top of the next ones.
        assert busiest <= per_s * window_s + burst + 4, f"{busiest} calls in {window_s} s"
    shortest = (len(times) - burst) / per_s
    assert shortest * 0.98 <= times[-1] - times[0] <= shortest * 1.4
    assert statements / len(times) < 0.3


def test_a_burst_and_the_minute_after_it_stay_below_what_box_allows():
    for limit, allowed in ((CALLS, 1000), (UPLOADS, 240)):
        assert limit.burst + 60 * limit.per_s < allowed


def test_after_a_pause_a_burst_goes_out_at_once_then_the_rate_holds(store: Store):
    clock = SteppedClock()
    governor = RateGovernor(store, "box", calls=Limit(0.05, 14), clock=clock)
    for _ in range(14):
        governor.take()
    assert clock.slept == []

    governor.take()
    assert clock.slept == [pytest.approx(20, abs=5)]


def test_threads_get_slots_that_keep_the_rate(store: Store, threads: ThreadPoolExecutor):
    # Slow enough that no slot is due while they are claimed: those that are due at once share a moment.
    slots = RateGovernor(store, "box", calls=Limit(4, 14))._calls
    due = sorted(threads.map(lambda _: slots.next(), range(100)))

    assert len(set(due[14:])) == len(due[14:])
    assert due[-1] - due[0] >= (100 - 14) / 4 * 0.9


def test_slots_that_nobody_wanted_in_time_are_thrown_away(store: Store):
    clock = SteppedClock()
    governor = RateGovernor(store, "box", calls=Limit(14, 14), clock=clock)
    statements = statements_of(store)
    for _ in range(5):
        governor.take()
    assert len(statements) == 3  # batches of 1, 2 and 4: two slots are left

    clock.time += 1
    governor.take()
    assert len(statements) == 3
    clock.time += 5
    governor.take()
    assert len(statements) == 4


def test_an_upload_waits_for_both_limits(store: Store):
    RateGovernor(store, "box").take(upload=True)

    with store.transaction() as session:
        names = session.scalars(text("SELECT name FROM rate_buckets ORDER BY name")).all()
    assert names == ["box/calls", "box/uploads"]


def test_uploads_have_a_limit_of_their_own(store: Store):
    clock = SteppedClock()
    governor = RateGovernor(store, "box", uploads=Limit(0.5, 4), clock=clock)
    for _ in range(4):
        governor.take(upload=True)
    assert clock.slept == []
    governor.take(upload=True)
    assert clock.slept


def test_two_users_do_not_share_a_rate(store: Store):
    clock = SteppedClock()
    for user in ("one", "two"):
        governor = RateGovernor(store, user, calls=Limit(0.5, 14), clock=clock)
        for _ in range(14):
            governor.take()
    assert clock.slept == []


@pytest.mark.parametrize("upload", [False, True])
def test_a_back_off_holds_for_every_process(store: Store, database_url: str, *, upload: bool):
    RateGovernor(store, "box").back_off(300)
    other_store, clock = Store(database_url), SteppedClock()
    try:
        RateGovernor(other_store, "box", clock=clock).take(upload=upload)
    finally:
        other_store.close()

    assert 290 < sum(clock.slept) <= 600


def test_after_a_back_off_the_calls_start_one_by_one(store: Store):
    # By the machine's clock, as the database counts by its own: a slow answer then makes a slot later, never earlier.
    clock = SystemClock()
    governor = RateGovernor(store, "box", calls=Limit(10, 14), clock=clock)
    told_at = clock.now()
    governor.back_off(30)
    due = [governor._calls.next() for _ in range(10)]

    assert all(slot >= told_at + 30 + n / 10 - 0.01 for n, slot in enumerate(due))


def test_a_shorter_back_off_does_not_end_a_longer_one(store: Store):
    clock = SteppedClock()
    governor = RateGovernor(store, "box", clock=clock)
    governor.back_off(600)
    governor.back_off(1)
    governor.take()

    assert sum(clock.slept) > 590


def test_a_caller_that_sleeps_when_a_back_off_comes_waits_for_its_end(store: Store):
    class InterruptedClock(SteppedClock):
        """While the first caller sleeps, another one is told to back off."""

        def sleep(self, seconds: float) -> None:
            super().sleep(seconds)
            if len(self.slept) == 1:
                governor.back_off(450)

    clock = InterruptedClock()
    governor = RateGovernor(store, "box", calls=Limit(0.5, 14), clock=clock)
    for _ in range(15):
        governor.take()

    assert sum(clock.slept) > 440


def test_a_rate_that_is_configured_anew_holds_at_once(store: Store):
    RateGovernor(store, "box", calls=Limit(14, 14)).take()
    RateGovernor(store, "box", calls=Limit(5, 14)).take()

    with store.transaction() as session:
        assert session.scalar(text("SELECT rate FROM rate_buckets WHERE name = 'box/calls'")) == 5


def test_a_batch_is_no_longer_than_the_others_can_wait():
    assert [Bucket("x", per_s, burst=1).max_batch for per_s in (0.1, 3.5, 14, 100)] == [1, 2, 8, 8]


def test_without_a_database_nobody_may_call(closed_port: int):
    store = Store(f"postgresql://x@127.0.0.1:{closed_port}/x", timeout_s=0.2)
    try:
        with pytest.raises(StoreUnavailable):
            RateGovernor(store, "box").take()
    finally:
        store.close()
