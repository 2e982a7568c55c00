"""Telling an alarm by one of the two ways: once for each fact, in a few tries, and in an error that may be shown."""

import hashlib
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache

from prefect.blocks.abstract import NotificationError
from prefect.settings import get_current_settings
from pydantic import ValidationError

from blocks.alarm_memory import AlarmMemory, memory_in
from domain.alarms import Alarm
from domain.errors import ContentScalingError, ServiceUnavailable

_WAITS_S = (2.0, 10.0)
"""Between the tries. More would hold up the other alarms; the next run that fails in the same way tries again."""


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
    alarm, memory, now = _alarm(body), _memory(), datetime.now(UTC)
    fact = f"{way}\n{alarm.fact}"
    with _turn(way):  # runs fail together; the second is to know that the first was told
        times = memory.note(fact, now, timedelta(hours=quiet_h))
        if times is None:
            return
        key = hashlib.sha256(f"{fact}\n{alarm.run_id}\n{alarm.timestamp}".encode()).hexdigest()[:32]
        _try(send, Told(alarm, times, f"alarm/{key}"))
        memory.told(fact, now)


def _alarm(body: str) -> Alarm:
    try:
        return Alarm.model_validate_json(body)
    except ValidationError as error:
        places = sorted({".".join(str(part) for part in item["loc"]) or "all of it" for item in error.errors()})
        raise NotificationError(f"not the JSON of an alarm as content-scaling setup has it made: {places}") from None


def _memory() -> AlarmMemory:
    return memory_in(get_current_settings().home / "content-scaling" / "alarms.json")


@cache
def _turn(way: str) -> threading.Lock:
    return threading.Lock()


def _try(send: Callable[[Told], None], told: Told) -> None:
    for wait in (*_WAITS_S, None):
        try:
            send(told)
        except ContentScalingError as error:
            if wait is None or not isinstance(error, ServiceUnavailable):
                raise NotificationError(str(error)) from None
            time.sleep(wait)
        except Exception as error:  # its text may hold anything, and the server would try an unknown error for ever
            raise NotificationError(f"unexpected {type(error).__name__}; nothing was told") from None
        else:
            return
