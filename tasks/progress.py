"""Progress of a long transfer, as lines in the run's log."""

import time
from collections.abc import Callable

from prefect.logging import get_run_logger

from domain.assets import Asset

_EVERY_S = 10.0


def log_progress(asset: Asset) -> Callable[[int], None]:
    """Return a callback that takes the bytes done so far and writes a line at most every ten seconds."""
    logger = get_run_logger()
    last = time.monotonic()

    def report(done_bytes: int) -> None:
        nonlocal last
        if time.monotonic() - last < _EVERY_S or not asset.size_bytes:
            return
        last = time.monotonic()
        logger.info("%s: %d %% of %.0f MB", asset.path, done_bytes * 100 // asset.size_bytes, asset.size_bytes / 1e6)

    return report
