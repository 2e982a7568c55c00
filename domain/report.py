"""What a run did, asset by asset: one object per run, the same for a real and for a dry run."""

from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum

from domain.assets import Json
from domain.errors import ContentScalingError, RuleError, ServiceUnavailable, StoreUnavailable


class Outcome(StrEnum):
    """What became of one asset."""

    DELIVERED = "delivered"
    READ = "read"  # of a scorecard
    REVIEW = "to be reviewed"  # a scorecard that does not add up
    ALREADY = "already there"  # delivered by an earlier run
    PLANNED = "planned"  # a dry run would deliver it
    LEFT = "left to another run"  # which is at work on it
    GONE = "gone meanwhile"  # somebody has taken it away
    REPLACED = "replaced meanwhile"  # by a later upload
    FAILED = "failed"


class MendedBy(StrEnum):
    """Who can do something about a failure."""

    AGENCY = "agency"
    LIBRARIAN = "librarian"
    OPERATIONS = "operations"


@dataclass(frozen=True, slots=True)
class Failure:
    """Why something did not happen: reason and advice for a person, and whether the next run tries again by itself.

    `sign` tells one failure from the next: the reason of a broken rule; of others the kind, for their reasons vary.
    `for_uploader`: whoever handed the file in can mend it. `is_old`: an earlier run has met it, and told it.
    `for_librarian`: it is mended in the DAM.
    """

    reason: str
    advice: str
    will_retry: bool
    sign: str
    for_uploader: bool = False
    is_old: bool = False
    for_librarian: bool = False

    @property
    def mended_by(self) -> MendedBy:
        """Who can do something about it."""
        if self.for_uploader:
            return MendedBy.AGENCY
        return MendedBy.LIBRARIAN if self.for_librarian else MendedBy.OPERATIONS

    def __str__(self) -> str:
        """Reason and advice, for a log."""
        return f"{self.reason}. {self.advice}"

    @classmethod
    def of(cls, error: BaseException) -> "Failure":
        """Describe any exception; one that is not ours is a defect and says so."""
        if isinstance(error, ContentScalingError):
            retried = isinstance(error, ServiceUnavailable | StoreUnavailable)
            sign = str(error) if isinstance(error, RuleError) else type(error).__name__
            whose = {"for_uploader": error.for_uploader, "for_librarian": error.for_librarian}
            return cls(str(error), error.advice, retried, sign, **whose)
        reason = f"unexpected {type(error).__name__}"
        return cls(
            reason, "This is a defect: report it with the run's log.", will_retry=True, sign=type(error).__name__
        )


@dataclass(frozen=True, slots=True)
class AssetOutcome:
    """What became of one asset on its way to Box, or of one file on its way home.

    `target_name` is its name where it goes to, `box_url` its place in Box, before or after. `warnings` are for people
    to look at; `representation` is what a dry run would tell the DAM of the file.
    """

    asset_id: str
    path: str
    outcome: Outcome
    size_bytes: int | None = None
    tracking_id: str | None = None
    target_name: str | None = None
    box_url: str | None = None
    failure: Failure | None = None
    warnings: tuple[str, ...] = ()
    representation: Json | None = None


@dataclass(slots=True)
class CampaignOutcome:
    """What became of one campaign. `note` says why it was left alone or did not move, None when it moved."""

    number: str
    name: str
    origin: str
    target: str
    assets: list[AssetOutcome] = field(default_factory=list)
    moved: bool = False
    note: str | None = None
    failure: Failure | None = None
    box_url: str | None = None

    @property
    def arrived(self) -> list[AssetOutcome]:
        """The assets that are in Box, since this run or an earlier one."""
        return [asset for asset in self.assets if asset.outcome in (Outcome.DELIVERED, Outcome.ALREADY)]

    @property
    def is_watched(self) -> bool:
        """Whether it was only looked at: there was no move to make."""
        return self.origin == self.target

    @property
    def failed(self) -> list[AssetOutcome]:
        """The assets that failed."""
        return [asset for asset in self.assets if asset.outcome is Outcome.FAILED]

    @property
    def in_trouble(self) -> bool:
        """Whether a person or a later run has something left to do here."""
        return self.failure is not None or bool(self.failed)


@dataclass(slots=True)
class RunReport:
    """What one run did."""

    workflow: str
    dry_run: bool = False
    destination: str = "Box"
    campaigns: list[CampaignOutcome] = field(default_factory=list)
    files: list[AssetOutcome] = field(default_factory=list)
    """Files that belong to no campaign, or to none that anybody could tell."""
    files_are: str = "Files of no campaign"
    parked: list[str] = field(default_factory=list)
    """Messages given up on during this run, one line each."""
    findings: list[str] = field(default_factory=list)
    """What the headline says of a run that carries nothing, part by part."""
    idle: str = "nothing to deliver"
    """What is said of campaigns that the run looked at and did nothing with."""
    refusal: str | None = None
    """Why what the run was asked for cannot be done as a whole, and what to do about it."""

    @property
    def assets(self) -> list[AssetOutcome]:
        """Everything that the run looked at, campaign by campaign."""
        return [*(asset for campaign in self.campaigns for asset in campaign.assets), *self.files]

    def counts(self) -> Counter[Outcome]:
        """Assets by outcome."""
        return Counter(asset.outcome for asset in self.assets)

    @property
    def in_trouble(self) -> bool:
        """Whether something is left to do after this run."""
        stuck = any(asset.failure is not None for asset in self.files)
        return bool(self.parked or self.refusal) or stuck or any(campaign.in_trouble for campaign in self.campaigns)

    @property
    def headline(self) -> str:
        """The run in one sentence.

        >>> RunReport("a1-to-a2").headline
        'nothing to do'
        """
        if not (self.campaigns or self.files or self.findings or self.parked or self.refusal):
            return "nothing to do"
        counts = self.counts()
        parts = [f"{counts[outcome]} {outcome}" for outcome in Outcome if counts[outcome]]
        moved = [f"{c.number} {c.origin}→{c.target}" for c in self.campaigns if c.moved]
        troubled = [c.number for c in self.campaigns if c.failure is not None]
        parts += self.findings
        parts += [f"moved {', '.join(moved)}"] if moved else []
        parts += [f"could not work on {', '.join(troubled)}"] if troubled else []
        parts += [f"{counted(len(self.parked), 'message')} parked"] if self.parked else []
        parts += [self.refusal] if self.refusal is not None else []
        quiet = f"{counted(len(self.campaigns), 'campaign')} looked at, {self.idle}"
        return ("dry run: " if self.dry_run else "") + ("; ".join(parts) or quiet)


def counted(number: int, noun: str) -> str:
    """Return a number with its noun.

    >>> counted(1, "file"), counted(0, "file")
    ('1 file', '0 files')
    """
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
