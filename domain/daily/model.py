"""The report of a day: what was done, what went wrong, what waits for whom, and whether the numbers add up."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from domain.daily.balance import Balance, Difference, MoveLine
from domain.daily.window import Window
from domain.report import counted

COMPLETED, PARTIAL = "Completed", "Partial"
"""Names of the states of runs that went through, the latter with something left to do."""

WORKFLOWS = ("a1-to-a2", "b1-to-b2", "a2-to-a3", "a5-to-a6", "a4-live", "creativex-scores")
"""Shown in this order whether or not they ran; others follow where they did."""


@dataclass(frozen=True, slots=True)
class SeenRun:
    """A run as Prefect has it. `state` is its name: Completed, Partial, Failed, Crashed, Late, ..."""

    run_id: str
    workflow: str
    name: str
    state: str
    has_failed: bool
    is_over: bool
    message: str
    at: datetime
    """When it started, or was to start."""
    ended_at: datetime | None
    url: str | None


@dataclass(slots=True)
class WorkflowDay:
    """One workflow. `states` counts runs by the name of their state; empty where Prefect was not asked."""

    workflow: str
    states: Counter[str] = field(default_factory=Counter)
    reports: int = 0
    """Runs that have left a summary."""
    failed_runs: int = 0
    found: int = 0
    processed: int = 0
    completed: int = 0
    partial: int = 0
    done: int = 0
    failed: int = 0
    skipped: int = 0
    not_approved: int = 0

    @property
    def runs(self) -> int:
        """How many runs there were, as far as anybody knows."""
        return sum(self.states.values()) or self.reports

    @property
    def success_rate(self) -> str | None:
        """What part of its assets was done."""
        return rate(self.done, self.done + self.failed)

    @property
    def is_idle(self) -> bool:
        """Whether nothing is to be said of it."""
        return not (self.runs or self.found or self.done or self.failed)


@dataclass(frozen=True, slots=True)
class Slot:
    """What was done and what went wrong in one part of the window."""

    begins_at: datetime
    done: int
    failed: int


@dataclass(frozen=True, slots=True)
class ErrorLine:
    """Something that went wrong in the window. `url` is the run's."""

    at: datetime
    subject: str
    reason: str
    url: str | None
    workflow: str = ""
    campaign_number: str | None = None


class Who(StrEnum):
    """Whom something waits for."""

    AGENCY = "Agencies"
    LIBRARIAN = "DAM librarians"
    CREATIVEX = "CreativeX"
    OPERATIONS = "Operations"


@dataclass(frozen=True, slots=True)
class Waiting:
    """One thing that waits."""

    who: Who
    what: str
    since: datetime
    campaign_number: str | None = None
    asset: str | None = None
    tracking_id: str | None = None


@dataclass(frozen=True, slots=True)
class WaitingGroup:
    """Things that wait for the same, in one campaign; the one that has waited longest first."""

    who: Who
    what: str
    campaign_number: str | None
    items: tuple[Waiting, ...]

    @property
    def since(self) -> datetime:
        """Since when the first of them waits."""
        return self.items[0].since


@dataclass(frozen=True, slots=True)
class ScoreLine:
    """A score that was read. `state`: active, superseded meanwhile, or needs review."""

    filename: str
    score: str
    previous: str | None
    state: str
    url: str | None
    read_at: datetime


@dataclass(slots=True)
class CampaignDay:
    """One campaign to which something has happened. `before` and `now` are its statuses, where they are known."""

    number: str
    name: str
    before: str | None = None
    now: str | None = None
    moves: list[MoveLine] = field(default_factory=list)
    masters: int = 0
    masters_delivered: int = 0
    derivatives_home: int = 0
    derivatives_open: int = 0
    events: Counter[str] = field(default_factory=Counter)
    """What happened to its assets, by type of event."""


@dataclass(slots=True)
class DailyReport:
    """All of it. `left_out` says why Prefect's run history is missing; None where it is not."""

    window: Window
    workflows: list[WorkflowDay] = field(default_factory=list)
    campaigns: list[CampaignDay] = field(default_factory=list)
    errors: list[ErrorLine] = field(default_factory=list)
    waiting: list[WaitingGroup] = field(default_factory=list)
    scores: list[ScoreLine] = field(default_factory=list)
    activity: list[Slot] = field(default_factory=list)
    campaign_balances: list[Balance] = field(default_factory=list)
    asset_balances: list[Balance] = field(default_factory=list)
    differences: list[Difference] = field(default_factory=list)
    names: Mapping[str, str] = field(default_factory=dict)
    """Name of each campaign, by number."""
    left_out: str | None = None

    @property
    def done(self) -> int:
        """Assets that were brought where they belong, and scores that were read."""
        return sum(each.done for each in self.workflows)

    @property
    def failed(self) -> int:
        """Assets that failed and were not done later."""
        return sum(each.failed for each in self.workflows)

    @property
    def success_rate(self) -> str | None:
        """What part of the assets was done."""
        return rate(self.done, self.done + self.failed)

    @property
    def moved(self) -> int:
        """Campaigns that our workflows have moved on."""
        return sum(each.completed for each in self.workflows)

    @property
    def not_approved(self) -> int:
        """Assets that reviewers have rejected."""
        return sum(each.not_approved for each in self.workflows)

    @property
    def headline(self) -> str:
        """The day in one sentence."""
        parts = [f"{counted(self.done, 'asset')} done", f"{self.failed} failed", f"{counted(self.moved, 'move')} made"]
        parts += [counted(len(self.errors), "error")] if self.errors else []
        parts += [f"{counted(len(self.differences), 'difference')} in the numbers"] if self.differences else []
        return ", ".join(parts)

    def waiting_for(self, who: Who) -> list[WaitingGroup]:
        """Return what waits for somebody."""
        return [group for group in self.waiting if group.who is who]


def rate(part: int, whole: int) -> str | None:
    """Return a share in percent, never rounded up to all or down to nothing; None of nothing.

    >>> rate(1999, 2000), rate(2, 2), rate(1, 3), rate(1, 2000), rate(0, 0)
    ('99 %', '100 %', '33 %', '1 %', None)
    """
    if not whole:
        return None
    share = round(100 * part / whole)
    if part not in (0, whole):
        share = min(99, max(1, share))
    return f"{share} %"


def grouped(waiting: Iterable[Waiting]) -> list[WaitingGroup]:
    """Return what waits, by whom it waits for; within that what has waited longest first."""
    groups: dict[tuple[Who, str, str | None], list[Waiting]] = {}
    for each in sorted(waiting, key=_since):
        groups.setdefault((each.who, each.what, each.campaign_number), []).append(each)
    found = [WaitingGroup(who, what, number, tuple(items)) for (who, what, number), items in groups.items()]
    order: Sequence[Who] = list(Who)
    return sorted(found, key=lambda group: (order.index(group.who), group.since))


def _since(waiting: Waiting) -> datetime:
    return waiting.since
