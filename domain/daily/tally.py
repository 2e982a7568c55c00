"""What the runs of one workflow have come to in a window, each campaign and each asset counted once."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from domain.assets import Json
from domain.daily.run_counts import SKIPPED, Result


@dataclass(slots=True)
class Tally:
    """Campaigns by number, assets by id. `skipped` is by campaign the most that any one run left as they were."""

    runs: int = 0
    troubled: int = 0
    found: dict[str, str] = field(default_factory=dict)
    """Name of each campaign that was looked at."""
    results: dict[str, Result] = field(default_factory=dict)
    """What was last made of each campaign that was worked on."""
    processed: set[str] = field(default_factory=set)
    failed: set[str] = field(default_factory=set)
    """Assets that failed, and were not done later."""
    skipped: dict[str, int] = field(default_factory=dict)

    @property
    def partial(self) -> set[str]:
        """The campaigns that were left in trouble."""
        return {number for number, result in self.results.items() if result in (Result.PARTIAL, Result.STUCK)}

    def add(self, counts: Json, *, in_trouble: bool) -> None:
        """Add what one run has come to; runs are added in the order in which they ended."""
        self.runs += 1
        self.troubled += in_trouble
        for number, campaign in counts["campaigns"].items():
            self._add_campaign(number, campaign)
        self._count("", counts["files"])
        self.failed = (self.failed | set(counts["failed"])) - set(counts["done"])

    def _add_campaign(self, number: str, campaign: Json) -> None:
        result = Result(campaign["result"])
        self.found[number] = campaign["name"]
        if result is not Result.LOOKED_AT:
            self.processed.add(number)
            self.results[number] = result
        self._count(number, campaign["assets"])

    def _count(self, number: str, outcomes: Mapping[str, int]) -> None:
        skipped = sum(outcomes.get(outcome, 0) for outcome in SKIPPED)
        self.skipped[number] = max(skipped, self.skipped.get(number, 0))


@dataclass(frozen=True, slots=True)
class Kept:
    """What was kept of one run."""

    run_id: str
    workflow: str
    in_trouble: bool
    counts: Json


def tallied(kept: Iterable[Kept]) -> dict[str, Tally]:
    """Return what the runs have come to, by workflow; runs in the order in which they ended."""
    tallies: dict[str, Tally] = {}
    for run in kept:
        tallies.setdefault(run.workflow, Tally()).add(run.counts, in_trouble=run.in_trouble)
    return tallies
