"""Parts on their way: one reader fills buffers while a few workers send the ones before."""

import threading
import traceback
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context

from clients.box.models import Part
from clients.relay.buffers import BufferBudget
from clients.relay.reading import Cancelled, SteadyReader

Put = Callable[[int, memoryview], Part]
_GLANCE_S = 0.1


class Pump:
    """Moves parts through at most `parts_in_flight` workers and one buffer more. Used once.

    The first failure of a part stops the reader and the parts not yet begun; the ones under way are waited for.
    """

    def __init__(self, put: Put, budget: BufferBudget, parts_in_flight: int) -> None:
        self._put = put
        self._budget = budget
        self._workers = parts_in_flight
        self._slots = threading.Semaphore(parts_in_flight + 1)
        self._lock = threading.Lock()
        self._parts: list[Part] = []
        self._failure: BaseException | None = None

    @property
    def has_failed(self) -> bool:
        """Whether a part has failed, so that no more bytes are wanted."""
        return self._failure is not None

    def run(self, reader: SteadyReader, ranges: Iterable[tuple[int, int]]) -> list[Part]:
        """Send every range, given as (offset, size) in order, and return the parts by offset. Raises a part's error."""
        with ThreadPoolExecutor(self._workers, thread_name_prefix="part") as pool:
            try:
                for offset, size in ranges:
                    self._take(size)
                    pool.submit(copy_context().run, self._work, offset, size, [self._filled(reader, size)])
            except Cancelled:
                pass
            except BaseException as error:
                self._fail(error)
                raise
        if self._failure is not None:
            raise self._failure
        return sorted(self._parts, key=lambda part: part.offset)

    def _take(self, size: int) -> None:
        """Wait for a slot of this relay and for memory of the process."""
        while not self._slots.acquire(timeout=_GLANCE_S):
            self._check()
        if not self._budget.acquire(size, is_cancelled=lambda: self.has_failed):
            raise Cancelled

    def _check(self) -> None:
        if self.has_failed:
            raise Cancelled

    def _filled(self, reader: SteadyReader, size: int) -> bytearray:
        try:
            buffer = bytearray(size)
            reader.fill(memoryview(buffer))
            self._check()
        except BaseException:
            self._give_back(size)
            raise
        return buffer

    def _work(self, offset: int, size: int, filled: list[bytearray]) -> None:
        """Send one part. The buffer is taken out of `filled`, which the pool keeps for a moment after the end."""
        buffer = filled.pop()
        try:
            if not self.has_failed:
                part = self._put(offset, memoryview(buffer))
                with self._lock:
                    self._parts.append(part)
        except BaseException as error:
            traceback.clear_frames(error.__traceback__)  # they hold the buffer
            self._fail(error)
        finally:
            del buffer
            self._give_back(size)

    def _fail(self, error: BaseException) -> None:
        with self._lock:
            self._failure = self._failure or error

    def _give_back(self, size: int) -> None:
        self._budget.release(size)
        self._slots.release()
