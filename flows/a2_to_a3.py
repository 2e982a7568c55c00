"""A2 → A3: localized files come home from the agencies, and campaigns move on when nothing is missing."""

from typing import Annotated

from prefect import flow
from prefect.client.schemas.objects import State
from pydantic import Field

from blocks.dam import DamAuth
from blocks.services import INTAKE, open_services
from domain.errors import ConfigError
from domain.report import RunReport
from domain.routes import DERIVATIVES
from tasks.box_files import check_derivatives_folder, close_events, find_files, waiting_events
from tasks.homecoming import foresee_campaigns, settle_campaigns
from tasks.intake_report import campaign_numbers, intake_report
from tasks.messages import deliver_messages
from tasks.moves import finish_open_moves
from tasks.reporting import final_state, name_run, publish
from tasks.retrying import patient
from tasks.take_in import foresee, plan_files, take_in
from tasks.taken_back import let_go, note_removals
from tasks.telling_files import tell_failures
from tasks.telling_home import tell_home
from tasks.work import Intake

CampaignNumber = Annotated[str, Field(pattern=r"^C\d{1,12}$")]
FileId = Annotated[str, Field(pattern=r"^\d{1,20}$")]


@flow(name="a2-to-a3", flow_run_name="a2-to-a3")
def a2_to_a3(  # noqa: PLR0913, PLR0917  form fields of the Prefect UI
    campaign: CampaignNumber | None = None,
    file_ids: tuple[FileId, ...] = (),
    keep_files: bool = False,  # noqa: FBT001, FBT002
    force_status_update: bool = False,  # noqa: FBT001, FBT002
    dry_run: bool = False,  # noqa: FBT001, FBT002
    dam_auth: DamAuth = DamAuth.OAUTH2,
) -> State[RunReport]:
    """Bring every localized file with a valid name from Box to the DAM; advance campaigns that are complete to A3.

    Args:
        campaign: Only files of this campaign, such as C000000078. Empty: of all campaigns.
        file_ids: Only these files in Box, at once, even after failures. Empty: all files.
        keep_files: Leave the files in Box after they have been uploaded.
        force_status_update: Move the campaign named above to A3 although files are missing. It is recorded.
        dry_run: Plan and report only; nothing is written anywhere.
        dam_auth: How to sign in to the DAM.
    """
    if force_status_update and campaign is None:
        raise ConfigError(["force_status_update: needs the number of the campaign that is to be moved"])
    with open_services(*INTAKE, dam_auth=dam_auth) as services:
        check_derivatives_folder(services)
        intake = Intake(services, campaign=campaign, file_ids=file_ids, keep_files=keep_files)
        report = _foresee(intake) if dry_run else _bring_home(intake, force=force_status_update)
        publish(report, services)
    return final_state(report)


def _bring_home(intake: Intake, *, force: bool) -> RunReport:
    services = intake.services
    services.workspace.sweep()
    finished = finish_open_moves(DERIVATIVES, services, tell_home)
    events = waiting_events(intake)
    files = patient(find_files, services)(intake)
    plan = plan_files(files, intake)
    name_run(DERIVATIVES.workflow, campaign_numbers(plan), dry_run=False)
    if intake.is_whole:
        note_removals(files, intake)
    fates = take_in(plan, intake)
    tell_failures(plan, fates, intake)
    if intake.is_whole:
        let_go(files, intake)
    close_events(events, intake)
    campaigns = settle_campaigns(plan, intake, force=force)
    report = intake_report(plan, fates, [*finished, *campaigns], named=intake.campaign)
    report.parked = deliver_messages(services)
    return report


def _foresee(intake: Intake) -> RunReport:
    plan = plan_files(patient(find_files, intake.services)(intake), intake)
    name_run(DERIVATIVES.workflow, campaign_numbers(plan), dry_run=True)
    return intake_report(plan, foresee(plan, intake), foresee_campaigns(plan, intake), dry_run=True)
