"""How long Box asks to be left alone: the header Retry-After, RFC 9110 section 10.2.3."""

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

CAP_S = 120.0
"""Longest wait that is honoured; a server that asks for a day is tried again by the next run."""


def retry_after_s(headers: Mapping[str, str], now: datetime | None = None) -> float | None:
    """Return the seconds asked for, never negative, or None. Seconds and HTTP dates are both in use.

    >>> retry_after_s({"retry-after": "7"})
    7.0
    >>> retry_after_s({"Retry-After": "Thu, 01 Jan 2026 00:00:30 GMT"}, datetime(2026, 1, 1, tzinfo=UTC))
    30.0
    >>> retry_after_s({"Retry-After": "soon"})
    """
    value = next((text for name, text in headers.items() if name.lower() == "retry-after"), "")
    try:
        return max(0.0, float(value))
    except ValueError:
        pass
    try:
        due = parsedate_to_datetime(value)
    except ValueError:
        return None
    due = due if due.tzinfo else due.replace(tzinfo=UTC)
    return max(0.0, (due - (now or datetime.now(UTC))).total_seconds())
