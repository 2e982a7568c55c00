"""The report of an intake: every file under its campaign, files of no campaign apart."""

from collections.abc import Iterable

from clients.box.client import BoxFile
from domain.derivatives import PlannedFile
from domain.report import AssetOutcome, CampaignOutcome, RunReport
from domain.routes import DERIVATIVES


def intake_report(
    plan: Iterable[PlannedFile[BoxFile]],
    fates: dict[str, AssetOutcome],
    campaigns: Iterable[CampaignOutcome],
    *,
    dry_run: bool = False,
    named: str | None = None,
) -> RunReport:
    """Return the report; `campaigns` are what was found of every campaign in the plan, and of others.

    `named` is the campaign that the run was asked for, which is shown whatever it says.
    """
    report = RunReport(DERIVATIVES.workflow, dry_run=dry_run, destination="the DAM")
    by_number = _joined(campaigns)
    for planned in plan:
        fate = fates[planned.file.file_id]
        if planned.master is None:
            report.files.append(fate)
        else:
            by_number[planned.master.campaign_number].assets.append(fate)
    report.campaigns = [by_number[number] for number in sorted(by_number) if _says_something(by_number[number], named)]
    return report


def campaign_numbers(plan: Iterable[PlannedFile[BoxFile]]) -> list[str]:
    """Return the numbers of the campaigns that the files belong to, each once."""
    return sorted({planned.master.campaign_number for planned in plan if planned.master is not None})


def _joined(campaigns: Iterable[CampaignOutcome]) -> dict[str, CampaignOutcome]:
    """Return the campaigns by number; of one that was met twice, what went wrong or what was moved counts."""
    found: dict[str, CampaignOutcome] = {}
    for campaign in campaigns:
        known = found.get(campaign.number)
        if known is None or campaign.failure is not None or not known.moved:
            found[campaign.number] = campaign
    return found


def _says_something(campaign: CampaignOutcome, named: str | None) -> bool:
    """Whether a campaign is worth a place: one that merely waits, as it did before, is only if it was asked for."""
    return bool(campaign.assets) or campaign.moved or campaign.failure is not None or campaign.number == named
