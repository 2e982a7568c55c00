"""Leases: who works on what, so that two runs never work on one campaign at once.

A lease ends when it is released, when its holder stops renewing it, or at once when the holder's connection is gone, as
after a kill. Each new holder gets a higher token; `check_fence` refuses the writes of a holder that was taken over.
"""

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.orm import Session

from db.lease_table import LeaseTable
from domain.errors import LeaseLost, StoreError

logger = logging.getLogger(__name__)

_RETRY_S = 1.0

_FENCE = text("SELECT token FROM leases WHERE key = :key AND token = :token FOR KEY SHARE")


@dataclass(frozen=True, slots=True)
class Lease:
    """A right to work on `key` alone. A later lease of the same key has a higher `token`."""

    key: str
    token: int
    holder: str


def check_fence(session: Session, lease: Lease) -> None:
    """Raise LeaseLost unless the lease is still its holder's; until this transaction ends nobody can take it over.

    Renewals go on meanwhile: they change no key column, as a takeover does (the token), and only those wait for us.
    """
    if session.execute(_FENCE, {"key": lease.key, "token": lease.token}).first() is None:
        raise LeaseLost(f"{lease.key}: another run has taken it over; this run's change was not written")


class LeaseKeeper:
    """Takes leases for `holder` and renews them in the background, on a connection of its own.

    The address must lead to PostgreSQL itself, not to a pooler. Make one per process; safe to share between threads.
    """

    def __init__(self, url: str, holder: str, *, ttl_s: float = 60) -> None:
        self.holder = holder
        self._table = LeaseTable(url, holder)
        self._ttl_s = ttl_s
        self._held: dict[Lease, float] = {}
        # Held during every statement: a lease is never renewed while it is being given back.
        self._lock = threading.RLock()
        self._closing = False
        self._wake = threading.Event()
        self._renewer: threading.Thread | None = None

    def acquire(self, key: str, ttl_s: float | None = None) -> Lease | None:
        """Take the lease, or return None when somebody alive holds it, this keeper included."""
        ttl_s = self._ttl_s if ttl_s is None else ttl_s
        with self._lock:
            token = self._table.take(key, ttl_s)
            if token is None:
                return None
            lease = Lease(key, token, self.holder)
            self._held[lease] = ttl_s
            self._start_renewing()
            return lease

    @contextmanager
    def holding(self, key: str, ttl_s: float | None = None) -> Iterator[Lease | None]:
        """Hold the lease during the block; gives None when somebody alive holds it."""
        lease = self.acquire(key, ttl_s)
        try:
            yield lease
        finally:
            if lease is not None:
                self.release(lease)

    def holds(self, lease: Lease) -> bool:
        """Whether the lease is this keeper's as far as it knows; only `check_fence` is sure."""
        return lease in self._held

    def release(self, lease: Lease) -> None:
        """Give the lease back. Never raises: a lease that cannot be given back runs out by itself."""
        with self._lock:
            if self._held.pop(lease, None) is None:
                return
            try:
                self._table.give_back(lease.key, lease.token)
            except StoreError as error:
                logger.warning("%s: could not give the lease back, it runs out by itself: %s", lease.key, error)

    def renew(self) -> None:
        """Renew every lease now; one that was taken over is dropped. The background thread calls this in time."""
        with self._lock:
            held = list(self._held.items())
        for lease, ttl_s in held:
            with self._lock:
                if lease in self._held and not self._table.renew(lease.key, lease.token, ttl_s):
                    logger.error("%s: another run has taken the lease over", lease.key)
                    del self._held[lease]

    def close(self) -> None:
        """Give every lease back and close the connection."""
        self._closing = True
        self._wake.set()
        if self._renewer is not None:
            self._renewer.join()
        for lease in list(self._held):
            self.release(lease)
        with self._lock:
            self._table.close()

    def _start_renewing(self) -> None:
        if self._renewer is None:
            self._renewer = threading.Thread(target=self._renew_in_time, name="lease-renewer", daemon=True)
            self._renewer.start()
        # The new lease may run out before the next renewal that was planned.
        self._wake.set()

    def _renew_in_time(self) -> None:
        renewed_at = time.monotonic()
        while not self._closing:
            with self._lock:
                wait_s = min(self._held.values(), default=self._ttl_s) / 3
            if self._wake.wait(max(renewed_at + wait_s - time.monotonic(), 0)):
                self._wake.clear()
                continue
            renewed_at = time.monotonic()
            try:
                self.renew()
            except StoreError as error:
                renewed_at += min(_RETRY_S - wait_s, 0)
                logger.warning("could not renew the leases, trying again: %s", error)
