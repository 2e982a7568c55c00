"""What one run has come to, as JSON that is kept: which campaigns it looked at, and what became of their assets.

    campaigns  by number: name, result (see Result), assets (number by outcome)
    files      number by outcome, of files of no campaign
    done       ids of what was delivered or read
    failed     ids of what failed, or has to be reviewed

Ids are those of the outcomes: of the DAM on the way out, of Box on the way home. What was merely left as it is has none
here: polls would repeat a thousand of them every five minutes.
"""

from collections import Counter
from collections.abc import Iterable
from enum import StrEnum

from domain.assets import Json
from domain.report import AssetOutcome, CampaignOutcome, Outcome, RunReport

DONE = (Outcome.DELIVERED, Outcome.READ)
FAILED = (Outcome.FAILED, Outcome.REVIEW)
SKIPPED = (Outcome.ALREADY, Outcome.LEFT, Outcome.GONE, Outcome.REPLACED)


class Result(StrEnum):
    """What a run has made of one campaign."""

    MOVED = "moved"
    PARTIAL = "partial"  # assets failed, so it stays where it is
    STUCK = "stuck"  # could not be worked on
    WORKED_ON = "worked on"
    LOOKED_AT = "looked at"


def counts_of(report: RunReport) -> Json:
    """Return what a run has come to."""
    campaigns: dict[str, Json] = {}
    for campaign in report.campaigns:  # one whose open move was finished first may be met twice
        known = campaigns.get(campaign.number)
        if known is None or known["result"] != Result.MOVED:
            campaigns[campaign.number] = _campaign(campaign)
    return {
        "campaigns": campaigns,
        "files": _by_outcome(report.files),
        "done": _ids(report, DONE),
        "failed": _ids(report, FAILED),
    }


def result_of(campaign: CampaignOutcome) -> Result:
    """Return what a run has made of a campaign.

    >>> str(result_of(CampaignOutcome("C1", "Spring", "A1", "A2", note="no assets yet")))
    'looked at'
    """
    if campaign.moved:
        return Result.MOVED
    if campaign.failure is not None:
        return Result.STUCK
    if campaign.failed:
        return Result.PARTIAL
    return Result.WORKED_ON if campaign.assets else Result.LOOKED_AT


def _campaign(campaign: CampaignOutcome) -> Json:
    return {"name": campaign.name, "result": result_of(campaign), "assets": _by_outcome(campaign.assets)}


def _by_outcome(assets: Iterable[AssetOutcome]) -> Json:
    return {str(outcome): number for outcome, number in Counter(asset.outcome for asset in assets).items()}


def _ids(report: RunReport, outcomes: tuple[Outcome, ...]) -> list[str]:
    return sorted({asset.asset_id for asset in report.assets if asset.outcome in outcomes})
