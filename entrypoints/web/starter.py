"""Starts runs for events, one run for a burst of them."""

import logging
import queue
import threading
import time
from collections.abc import Callable, Sequence

from domain.box_webhooks import UploadEvent
from domain.errors import ContentScalingError

_log = logging.getLogger(__name__)

StartRun = Callable[[Sequence[str], str], str]
"""Starts a run for file ids, once for each key, and returns its id."""
Note = Callable[[Sequence[str], str], None]
"""Remembers which run was started for event ids."""


class BurstStarter:
    """Waits `window_s` from the first event of a burst, then starts one run with the files of all that came.

    What cannot be started is left to the poll. Works in a thread of its own until `close`.
    """

    def __init__(self, start_run: StartRun, note: Note, *, window_s: float = 2.0) -> None:
        self._start_run = start_run
        self._note = note
        self._window_s = window_s
        self._events: queue.SimpleQueue[UploadEvent | None] = queue.SimpleQueue()  # None: the end
        self._thread = threading.Thread(target=self._work, name="starter", daemon=True)
        self._thread.start()

    def __call__(self, event: UploadEvent) -> None:
        """Have a run started for the event's file. Returns at once."""
        self._events.put(event)

    def close(self, timeout_s: float = 10.0) -> None:
        """Start what waits now, and end; a server that does not answer is given up on after `timeout_s`."""
        self._events.put(None)
        self._thread.join(timeout_s)

    def _work(self) -> None:
        while (event := self._events.get()) is not None:
            burst, is_last = self._burst(event)
            self._start(burst)
            if is_last:
                return

    def _burst(self, first: UploadEvent) -> tuple[list[UploadEvent], bool]:
        burst, until = [first], time.monotonic() + self._window_s
        while True:
            try:
                event = self._events.get(timeout=max(0.0, until - time.monotonic()))
            except queue.Empty:
                return burst, False
            if event is None:
                return burst, True
            burst.append(event)

    def _start(self, burst: Sequence[UploadEvent]) -> None:
        file_ids = list(dict.fromkeys(event.file_id for event in burst))
        event_ids = [event.event_id for event in burst]
        try:
            run_id = self._start_run(file_ids, event_ids[0])
            self._note(event_ids, run_id)
        except Exception as error:
            # Whatever it was, the next burst may fare better. The text of a foreign error may hold an address.
            reason = str(error) if isinstance(error, ContentScalingError) else type(error).__name__
            _log.error("starting a run for %d files failed (%s); the next poll takes them", len(file_ids), reason)
        else:
            _log.info("started run %s for %d files", run_id, len(file_ids))
