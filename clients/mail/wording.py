"""Facts as people read them in a mail: sizes, moments, durations, counts."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, time

# strftime's names depend on the locale of the worker.
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_ISO_DATE = re.compile(r"\d{4}-\d\d-\d\d")


def size(size_bytes: int | None) -> str:
    """Return a size in the decimal units that Box and the DAM show; a dash where it is not known.

    >>> size(900), size(24_000_000), size(999_999), size(None)
    ('900 B', '24 MB', '1 MB', '–')
    """
    if size_bytes is None:
        return "–"
    amount, units = float(size_bytes), ["B", "kB", "MB", "GB", "TB"]
    while round(amount) >= 1000 and len(units) > 1:
        amount, units = amount / 1000, units[1:]
    digits = 1 if amount < 10 and units[0] != "B" else 0
    return f"{amount:.{digits}f}".removesuffix(".0") + f" {units[0]}"


def moment(iso: str) -> str:
    """Return an ISO 8601 moment for people, in UTC; raises ValueError for one without an offset.

    >>> moment("2026-03-01T09:05:00+01:00")
    '1 Mar 2026, 08:05 UTC'
    """
    at = _aware(iso).astimezone(UTC)
    month = _MONTHS[at.month - 1]
    return f"{at.day} {month} {at:%Y, %H:%M} UTC"


def said_on(date: str | None) -> str | None:
    """Return a date that the DAM shows, for people: ISO 8601 in the words of this module, anything else as it is.

    >>> said_on("2026-03-02"), said_on("2026-03-02T00:00:00Z"), said_on("2026-03-02T09:05:00Z"), said_on("03/02/2026")
    ('2 Mar 2026', '2 Mar 2026', '2 Mar 2026, 09:05 UTC', '03/02/2026')
    """
    if not date or not _ISO_DATE.match(date):
        return date
    try:
        at = datetime.fromisoformat(date)
    except ValueError:
        return date
    if at.time() == time.min:  # a date field: the DAM makes a moment of it
        return f"{at.day} {_MONTHS[at.month - 1]} {at.year}"
    return moment(date) if at.tzinfo else date


def duration(started_at: str, finished_at: str) -> str:
    """Return how long it took between two ISO 8601 moments.

    >>> duration("2026-03-01T08:00:00Z", "2026-03-01T10:03:42Z")
    '2 h 3 min'
    """
    seconds = max(0, round((_aware(finished_at) - _aware(started_at)).total_seconds()))
    hours, minutes = seconds // 3600, seconds % 3600 // 60
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {seconds % 60} s" if minutes else f"{seconds} s"


def counted(things: Sequence[object] | int, noun: str) -> str:
    """Return a number with its noun.

    >>> counted([1], "master"), counted(0, "master")
    ('1 master', '0 masters')
    """
    number = things if isinstance(things, int) else len(things)
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _aware(iso: str) -> datetime:
    at = datetime.fromisoformat(iso)
    if at.tzinfo is None:
        raise ValueError(f"{iso!r} has no offset from UTC")
    return at
