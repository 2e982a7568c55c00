"""The rate limit in front of Box, as this package sees it.

Box counts 1000 calls and 240 uploads a minute for each user. All workers are one service account, so the limiter is
shared between processes and lives elsewhere.
"""

from typing import Protocol


class Governor(Protocol):
    """Hands out slots for calls."""

    def take(self, *, upload: bool = False) -> None:
        """Block until a call may go out; `upload` when it carries content."""

    def back_off(self, seconds: float) -> None:
        """Give out no slot to anybody for that long: Box answered 429."""


class NoGovernor:
    """Lets every call go at once; for single tools and tests."""

    def take(self, *, upload: bool = False) -> None:
        """Return at once."""

    def back_off(self, seconds: float) -> None:
        """Do nothing."""
