"""The stretch of time that a report is about: from one moment on, and before another."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from domain.errors import ConfigError

_LENGTH = re.compile(r"([1-9]\d{0,3})([hd])", re.ASCII)
_EXPECTED = "expected a length such as 24h or 7d, or when it begins, such as 2026-03-01 or 2026-03-01T19:00+01:00"


@dataclass(frozen=True, slots=True)
class Window:
    """[since, until), aware UTC. `asked` is how it was asked for."""

    since: datetime
    until: datetime
    asked: str

    def __contains__(self, moment: datetime) -> bool:
        """Whether something that happened then is in it."""
        return self.since <= moment < self.until


def window_until(now: datetime, since: str) -> Window:
    """Return the window that ends now; `since` is a length, or when it begins (UTC where it names no offset).

    Raises ConfigError for anything else, and for a beginning that is still to come.

    >>> now = datetime(2026, 3, 2, 19, tzinfo=UTC)
    >>> window_until(now, "24h").since.isoformat(), window_until(now, "2026-03-01").since.isoformat()
    ('2026-03-01T19:00:00+00:00', '2026-03-01T00:00:00+00:00')
    """
    asked = since.strip()
    begins = _begins(asked, now)
    if begins is None:
        raise ConfigError([f"since: {since!r} is no time; {_EXPECTED}"])
    if begins >= now:
        raise ConfigError([f"since: {since!r} is not past yet; {_EXPECTED}"])
    return Window(begins, now, asked)


def _begins(asked: str, now: datetime) -> datetime | None:
    length = _LENGTH.fullmatch(asked)
    if length is not None:
        return now - timedelta(hours=int(length[1]) * (24 if length[2] == "d" else 1))
    try:
        begins = datetime.fromisoformat(asked)
    except ValueError:
        return None
    return begins.astimezone(UTC) if begins.tzinfo is not None else begins.replace(tzinfo=UTC)


def lasted(since: datetime, until: datetime) -> str:
    """Return how long something has lasted, in the two units that matter.

    >>> noon = datetime(2026, 3, 2, 12, tzinfo=UTC)
    >>> lasted(noon - timedelta(days=3, hours=4, minutes=5), noon), lasted(noon - timedelta(minutes=5), noon)
    ('3 d 4 h', '5 min')
    """
    minutes = max(0, int((until - since).total_seconds()) // 60)
    days, hours, minutes = minutes // 1440, minutes % 1440 // 60, minutes % 60
    if days:
        return f"{days} d {hours} h"
    return f"{hours} h {minutes} min" if hours else f"{minutes} min"
