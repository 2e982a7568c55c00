"""Which campaign and asset the work at hand is about, for every log line below it: ours, and those of libraries.

Kept in a context variable. Prefect's ThreadPoolTaskRunner copies the context of whoever submits into its threads.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import NamedTuple


class About(NamedTuple):
    """Empty texts where it is about none."""

    campaign: str = ""
    tracking_id: str = ""


_current: ContextVar[About] = ContextVar("about", default=About())  # noqa: B039  (cannot be changed)


def current() -> About:
    """Return what the work at hand is about."""
    return _current.get()


@contextmanager
def about(campaign: str | None = None, tracking_id: str | None = None) -> Iterator[None]:
    """Let every line that is logged inside tell of this campaign and asset; what is None stays as it was.

    Another campaign than before is about none of its assets yet.
    """
    before = _current.get()
    number = before.campaign if campaign is None else campaign
    asset = before.tracking_id if number == before.campaign or not before.campaign else ""
    token = _current.set(About(number, asset if tracking_id is None else tracking_id))
    try:
        yield
    finally:
        _current.reset(token)
