"""Memory for content under way, shared by all relays of a process."""

import threading
from collections import deque
from collections.abc import Callable

_GLANCE_S = 0.1


class BufferBudget:
    """A number of bytes that all relays together may hold, given out in the order of asking.

    A relay asks for one buffer at a time and can finish with what it holds, so nobody waits for ever. A buffer larger
    than the whole budget is given out when nothing else is held.
    """

    def __init__(self, limit_bytes: int) -> None:
        self._limit = limit_bytes
        self._held = 0
        self._peak = 0
        self._queue: deque[object] = deque()
        self._changed = threading.Condition()

    @property
    def held_bytes(self) -> int:
        """What is given out now."""
        return self._held

    @property
    def peak_bytes(self) -> int:
        """The most that was ever given out."""
        return self._peak

    def acquire(self, size_bytes: int, *, is_cancelled: Callable[[], bool] = lambda: False) -> bool:
        """Wait for so many bytes. False, and nothing is held, when `is_cancelled` became true meanwhile."""
        turn = object()
        with self._changed:
            self._queue.append(turn)
            try:
                while not (self._queue[0] is turn and self._fits(size_bytes)):
                    if is_cancelled():
                        return False
                    self._changed.wait(_GLANCE_S)
                self._held += size_bytes
                self._peak = max(self._peak, self._held)
                return True
            finally:
                self._queue.remove(turn)
                self._changed.notify_all()

    def release(self, size_bytes: int) -> None:
        """Give bytes back."""
        with self._changed:
            self._held -= size_bytes
            self._changed.notify_all()

    def _fits(self, size_bytes: int) -> bool:
        return self._held == 0 or self._held + size_bytes <= self._limit
