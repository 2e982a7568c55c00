"""The rate limits that all processes of one user of an outside system share.

One bucket per limit in GCRA form: the row holds the theoretical arrival time of the next call, and one statement claims
several slots by moving it on, by the database's clock. Box allows a user 1000 calls and 240 uploads a minute, and the
uploads count as calls.
"""

import threading
import time
from collections import deque
from dataclasses import dataclass
from typing import Protocol, Self

from sqlalchemy import text

from db.engine import Store

_MAX_BATCH = 8
_BATCH_S = 0.6  # a batch of more seconds would leave the other processes waiting
_STALE_S = 2.0
_BUSY_S = 1.0
_BURST_S = 5.8

# After a block the calls start one by one: the burst is not owed for time in which nobody could call.
_CLAIM = text("""
INSERT INTO rate_buckets AS bucket (name, rate, burst, next_free_at)
VALUES (:name, :rate, :burst, clock_timestamp() + make_interval(secs => :slots / :rate))
ON CONFLICT (name) DO UPDATE SET rate = excluded.rate, burst = excluded.burst, next_free_at =
    greatest(bucket.next_free_at, clock_timestamp(),
             bucket.blocked_until + make_interval(secs => (:burst - 1) / :rate))
    + make_interval(secs => :slots / :rate)
RETURNING CAST(extract(epoch FROM next_free_at - clock_timestamp()) AS double precision)
""")

_BLOCK = text("""
INSERT INTO rate_buckets AS bucket (name, rate, burst, next_free_at, blocked_until)
VALUES (:name, :rate, :burst, clock_timestamp(), clock_timestamp() + make_interval(secs => :seconds))
ON CONFLICT (name) DO UPDATE SET blocked_until = greatest(bucket.blocked_until, excluded.blocked_until)
""")


@dataclass(frozen=True, slots=True)
class Bucket:
    """A limit. `burst` calls may be made at once after a pause, then `per_s` a second."""

    name: str
    per_s: float
    burst: int

    @property
    def max_batch(self) -> int:
        """Most slots that a process claims at once."""
        return max(1, min(_MAX_BATCH, int(self.per_s * _BATCH_S)))


@dataclass(frozen=True, slots=True)
class Limit:
    """So many calls a second, and so many at once after a pause."""

    per_s: float
    burst: int

    @classmethod
    def of(cls, per_s: float) -> Self:
        """Return the limit for a rate, with a burst that Box takes.

        Box counts by the minute: at the default rates a burst and the minute after it make 230 uploads and 921 calls,
        where it allows 240 and 1000.

        >>> Limit.of(3.5), Limit.of(0.1)
        (Limit(per_s=3.5, burst=20), Limit(per_s=0.1, burst=1))
        """
        return cls(float(per_s), max(1, int(per_s * _BURST_S)))


CALLS = Limit.of(14)
UPLOADS = Limit.of(3.5)


class Clock(Protocol):
    """A clock that can be waited on."""

    def now(self) -> float:
        """Seconds since any fixed moment; never goes back."""

    def sleep(self, seconds: float) -> None:
        """Return after so long."""


class SystemClock:
    """The machine's clock."""

    def now(self) -> float:
        """Seconds since the machine started."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Return after so long."""
        time.sleep(seconds)


class RateGovernor:
    """Makes callers wait their turn. Make one per process and user; safe to share between threads."""

    def __init__(
        self,
        store: Store,
        user: str,
        *,
        calls: Limit = CALLS,
        uploads: Limit = UPLOADS,
        clock: Clock | None = None,
    ) -> None:
        self._clock = clock or SystemClock()
        self._calls = _Slots(store, Bucket(f"{user}/calls", float(calls.per_s), calls.burst), self._clock)
        self._uploads = _Slots(store, Bucket(f"{user}/uploads", float(uploads.per_s), uploads.burst), self._clock)

    def take(self, *, upload: bool = False) -> None:
        """Wait until the next call may be made. An upload waits for its own limit and then for that of all calls.

        Raises StoreUnavailable when the database does not answer: without it nobody knows who may call.
        """
        if upload:
            self._wait_for(self._uploads)
        self._wait_for(self._calls)

    def back_off(self, seconds: float) -> None:
        """Let nobody call for so long, as the system asked. Other processes may still use slots that they hold."""
        for slots in (self._uploads, self._calls):
            slots.block(seconds)

    def _wait_for(self, slots: "_Slots") -> None:
        while True:
            slot = slots.next()
            wait_s = slot - self._clock.now()
            if wait_s > 0:
                self._clock.sleep(wait_s)
            if not slots.blocked(slot):
                return


class _Slots:
    """The slots of one bucket that this process has claimed and not yet handed out, as times of its own clock."""

    def __init__(self, store: Store, bucket: Bucket, clock: Clock) -> None:
        self._store = store
        self._bucket = bucket
        self._clock = clock
        self._lock = threading.Lock()
        self._free: deque[float] = deque()
        self._batch = 1
        self._claimed_at = float("-inf")
        self._blocked_until = float("-inf")

    def next(self) -> float:
        """Return when the next slot is due, maybe in the past. Slots are given in their order."""
        with self._lock:
            self._drop_stale()
            if not self._free:
                self._claim()
            return self._free.popleft()

    def blocked(self, slot: float) -> bool:
        """Whether a slot fell to a block that came while its caller slept."""
        return slot < self._blocked_until

    def block(self, seconds: float) -> None:
        """Make all processes wait, beginning with the slots that this one holds."""
        bucket = self._bucket
        values = {"name": bucket.name, "rate": bucket.per_s, "burst": bucket.burst, "seconds": seconds}
        with self._lock:
            self._blocked_until = max(self._blocked_until, self._clock.now() + seconds)
            self._free.clear()
            with self._store.transaction() as session:
                session.execute(_BLOCK, values)

    def _drop_stale(self) -> None:
        """Drop slots that nobody wanted in time: used late they would come on top of the others' rate."""
        now = self._clock.now()
        while self._free and self._free[0] < now - _STALE_S:
            self._free.popleft()
            self._batch = 1

    def _claim(self) -> None:
        """Claim a batch, larger while batches are used up quickly: one statement then serves many calls."""
        bucket = self._bucket
        if self._clock.now() - self._claimed_at < max(_BUSY_S, 2 * self._batch / bucket.per_s):
            self._batch = min(self._batch * 2, bucket.max_batch)
        slots = self._batch
        values = {"name": bucket.name, "rate": bucket.per_s, "burst": bucket.burst, "slots": slots}
        with self._store.transaction() as session:
            next_free_in_s: float = session.execute(_CLAIM, values).scalar_one()
        # Read after the answer, so that a slow answer makes slots later, never earlier.
        self._claimed_at = self._clock.now()
        first = self._claimed_at + next_free_in_s - (slots + bucket.burst - 1) / bucket.per_s
        self._free.extend(max(first + n / bucket.per_s, self._claimed_at) for n in range(slots))
