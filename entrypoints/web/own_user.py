"""Whose uploads are our own: asked of Box when an event comes, so that nothing waits for Box before."""

import logging
import threading
from collections.abc import Callable

from domain.errors import ContentScalingError

_log = logging.getLogger(__name__)


class OwnUser:
    """Remembers our user id in Box, once Box has told it."""

    def __init__(self, ask: Callable[[], str]) -> None:
        self._ask = ask
        self._known: str | None = None
        self._asking = threading.Lock()

    def __call__(self) -> str | None:
        """Return the id; None where Box does not tell it, or is being asked. May take long."""
        if self._known is None and self._asking.acquire(blocking=False):
            try:
                self._known = self._ask()
            except Exception as error:
                # Whatever it was, the next event may fare better. The text of a foreign error may hold an address.
                reason = str(error) if isinstance(error, ContentScalingError) else type(error).__name__
                _log.warning("whether files are uploads of our own cannot be told now: %s", reason)
            finally:
                self._asking.release()
        return self._known
