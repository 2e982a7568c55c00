"""How many calls a user of the simulated Box may make per minute."""

import threading
from collections import deque
from collections.abc import Callable

from sandbox.box import errors
from sandbox.box.settings import BoxSettings

_WINDOW_S = 60.0


class Limiter:
    """Counts accepted calls per user over the last minute; upload calls count in both limits. Thread-safe."""

    def __init__(self, settings: BoxSettings, clock: Callable[[], float]) -> None:
        self.refused = 0
        self._settings = settings
        self._clock = clock
        self._calls: dict[tuple[str, bool], deque[float]] = {}
        self._lock = threading.Lock()

    def take(self, user_id: str, *, is_upload: bool) -> None:
        """Count a call, or refuse it with 429."""
        limits = [(False, self._settings.calls_per_minute)]
        if is_upload:
            limits.append((True, self._settings.uploads_per_minute))
        with self._lock:
            now = self._clock()
            windows = [(self._window(user_id, now, is_upload=kind), limit) for kind, limit in limits]
            if any(limit is not None and len(window) >= limit for window, limit in windows):
                self.refused += 1
                raise errors.rate_limited(self._settings.rate_limit_retry_after)
            for window, _ in windows:
                window.append(now)

    def _window(self, user_id: str, now: float, *, is_upload: bool) -> deque[float]:
        window = self._calls.setdefault((user_id, is_upload), deque())
        while window and window[0] <= now - _WINDOW_S:
            window.popleft()
        return window
