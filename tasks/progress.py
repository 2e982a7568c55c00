"""Progress of a long transfer, as lines in the run's log."""

import time
from collections.abc import Callable

from prefect.logging import get_run_logger

_EVERY_S = 10.0


def log_progress(path: str, size_bytes: int | None) -> Callable[[int], None]:
    """Return a callback that takes the bytes done so far and writes a line at most every ten seconds."""
    logger = get_run_logger()
    last = time.monotonic()

    def report(done_bytes: int) -> None:
        nonlocal last
        if time.monotonic() - last < _EVERY_S or not size_bytes:
            return
        last = time.monotonic()
        logger.info("%s: %d %% of %.0f MB", path, done_bytes * 100 // size_bytes, size_bytes / 1e6)

    return report
