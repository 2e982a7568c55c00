"""What an alarm is about, and when two alarms say the same."""

import re
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

_CAMPAIGN = re.compile(r"C\d{1,12}", re.ASCII)
_NUMBER = re.compile(r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b|\d+", re.ASCII)


class Alarm(BaseModel):
    """A run that did not go through (`run_failed`) or does not end (`run_long`), or no run for a while (`no_runs`).

    What Prefect does not know any more, such as a deployment that was deleted, is None.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    event: Literal["run_failed", "run_long", "no_runs"]
    flow: str | None = None
    deployment: str | None = None
    run_name: str | None = None
    run_id: str | None = None
    tags: tuple[str, ...] | None = Field(default=None, description="Of the run; campaign numbers are among them.")
    campaign: str | None = Field(default=None, description="What the run was asked to take.")
    state: str | None = None
    reason: str | None = None
    url: str | None = None
    timestamp: str = Field(description="When it came to this: ISO 8601.")
    minutes: int | None = Field(default=None, description="In no_runs: for how long no run has gone through.")

    @property
    def campaigns(self) -> tuple[str, ...]:
        """Numbers of the campaigns that the run was about, as far as it had come to know them."""
        named = {*(self.tags or ()), self.campaign or ""}
        return tuple(sorted(name for name in named if _CAMPAIGN.fullmatch(name)))

    @property
    def fact(self) -> str:
        """What people are told once: two alarms that differ in numbers only say the same.

        >>> one = Alarm(event="run_failed", flow="a1-to-a2", state="Failed", reason="1 of 3 failed", timestamp="")
        >>> one.fact == one.model_copy(update={"reason": "2 of 30 failed"}).fact
        True
        """
        return "\n".join((self.event, self.flow or "", self.state or "", _NUMBER.sub("#", self.reason or "")))
