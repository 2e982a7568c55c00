"""Telling an alarm by one of the two ways: once for each fact, in a few tries, and in an error that may be shown."""

import hashlib
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from prefect.blocks.abstract import NotificationError
from prefect.settings import get_current_settings
from pydantic import ValidationError

from blocks.alarm_memory import memory_in
from domain.alarms import Alarm
from domain.errors import ContentScalingError, ServiceUnavailable

_WAITS_S = (2.0, 10.0)
"""Between the tries. More would hold up the other alarms; the next run that fails in the same way tries again."""
_RECENT_S = 300.0
"""For so long after it was given up, each further alarm is tried once. Prefect's server acts in two lanes: with both of
them waiting for one mail server, neither the other way is told nor a dead run marked as crashed."""


@dataclass(frozen=True)
class Told:
    """An alarm as it is to be told now."""

    alarm: Alarm
    times: int
    """How often it was so since it was last told, this time among them."""
    key: str
    """Names this message, the same on every try."""


def tell(body: str, way: str, quiet_h: float, send: Callable[[Told], None]) -> None:
    """Have `send` tell what `body` says, unless `way` told the same less than `quiet_h` hours ago.

    Dying after it was sent means that it is told twice, never that it is not told. Raises NotificationError, whose text
    holds no secret, where `body` is no alarm or nobody took it; then the next one that says the same is sent.
    """
    alarm, memory, now = _alarm(body), memory_in(_file()), datetime.now(UTC)
    fact, patience = f"{way}\n{alarm.fact}", _patience(_file(), way)
    with patience.turn:  # runs fail together; the second is to know that the first was told
        times = memory.note(fact, now, timedelta(hours=quiet_h))
        if times is None:
            return
        key = hashlib.sha256(f"{fact}\n{alarm.run_id}\n{alarm.timestamp}".encode()).hexdigest()[:32]
        patience.give(send, Told(alarm, times, f"alarm/{key}"))
        memory.told(fact, now)


def _alarm(body: str) -> Alarm:
    try:
        return Alarm.model_validate_json(body)
    except ValidationError as error:
        places = sorted({".".join(str(part) for part in item["loc"]) or "all of it" for item in error.errors()})
        raise NotificationError(f"not the JSON of an alarm as content-scaling setup has it made: {places}") from None


def _file() -> Path:
    return get_current_settings().home / "content-scaling" / "alarms.json"


class _Patience:
    """How long one way is tried, for all threads of this process; `turn` is held meanwhile."""

    def __init__(self) -> None:
        self.turn = threading.Lock()
        self._failed_at: float | None = None

    def give(self, send: Callable[[Told], None], told: Told) -> None:
        """Have it told in a few tries, or in one where the way has just failed; raises NotificationError."""
        for wait in (*self._waits(), None):
            try:
                send(told)
            except ServiceUnavailable as error:
                if wait is None:
                    self._failed_at = time.monotonic()
                    raise NotificationError(str(error)) from None
                time.sleep(wait)
            except ContentScalingError as error:
                raise NotificationError(str(error)) from None
            except Exception as error:  # its text may hold anything, and the server would try an unknown error for ever
                raise NotificationError(f"unexpected {type(error).__name__}; nothing was told") from None
            else:
                self._failed_at = None
                return

    def _waits(self) -> tuple[float, ...]:
        has_just_failed = self._failed_at is not None and time.monotonic() - self._failed_at < _RECENT_S
        return () if has_just_failed else _WAITS_S


@cache
def _patience(_memory: Path, _way: str) -> _Patience:
    """Return the one patience of this process with a way, of the server whose memory is there."""
    return _Patience()
