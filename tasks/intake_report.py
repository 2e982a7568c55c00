"""The report of an intake: every file under its campaign, files of no campaign apart."""

from collections.abc import Iterable

from clients.box.client import BoxFile
from domain.derivatives import KnownMaster, PlannedFile
from domain.report import AssetOutcome, CampaignOutcome, RunReport
from domain.routes import DERIVATIVES


def intake_report(
    plan: Iterable[PlannedFile[BoxFile]],
    fates: dict[str, AssetOutcome],
    campaigns: Iterable[CampaignOutcome],
    *,
    dry_run: bool,
) -> RunReport:
    """Return the report; `campaigns` are what was found of those whose files are home, or were so before."""
    report = RunReport(DERIVATIVES.workflow, dry_run=dry_run, destination="the DAM")
    by_number = {campaign.number: campaign for campaign in campaigns}
    for planned in plan:
        fate = fates[planned.file.file_id]
        if planned.master is None:
            report.files.append(fate)
        else:
            by_number.setdefault(planned.master.campaign_number, _unsettled(planned.master)).assets.append(fate)
    report.campaigns = [by_number[number] for number in sorted(by_number) if _says_something(by_number[number])]
    return report


def campaign_numbers(plan: Iterable[PlannedFile[BoxFile]]) -> list[str]:
    """Return the numbers of the campaigns that the files belong to, each once."""
    return sorted({planned.master.campaign_number for planned in plan if planned.master is not None})


def _unsettled(master: KnownMaster) -> CampaignOutcome:
    note = "nothing of it has arrived yet"
    number, name = master.campaign_number, master.campaign_name
    return CampaignOutcome(number, name, DERIVATIVES.origin, DERIVATIVES.target, note=note)


def _says_something(campaign: CampaignOutcome) -> bool:
    """Whether a campaign is worth a place: one that merely waits, as it did before, is not."""
    return bool(campaign.assets) or campaign.moved or campaign.failure is not None
