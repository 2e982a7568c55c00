"""`content-scaling run`: one run of a workflow, in this terminal."""

from collections.abc import Callable
from enum import StrEnum
from importlib import import_module
from typing import TYPE_CHECKING, Annotated, cast

import typer

from domain.report import RunReport
from domain.routes import GLOBAL_MASTERS, LOCAL_MASTERS, REJECTIONS, DeliveryRoute
from entrypoints.cli.options import BoxFileIds, CampaignNumber, EnvFile
from entrypoints.console import open_console

if TYPE_CHECKING:
    from rich.console import Console

run = typer.Typer(help="Run one workflow now, in this terminal.", no_args_is_help=True)


class SignIn(StrEnum):
    """How to sign in to the DAM."""

    OAUTH2 = "oauth2"
    MTLS = "mtls"


DryRun = Annotated[bool, typer.Option("--dry-run", help="Plan and report; write nothing anywhere.")]
DamSignIn = Annotated[SignIn, typer.Option(help="How to sign in to the DAM.")]


@run.callback()
def _group() -> None:
    """Run one workflow now, in this terminal."""


@run.command("a1-to-a2")
def a1_to_a2(
    campaign: CampaignNumber = None,
    *,
    dry_run: DryRun = False,
    dam_auth: DamSignIn = SignIn.OAUTH2,
    env_file: EnvFile = None,
) -> None:
    """Deliver the masters of A1 campaigns to Box and advance them to A2."""
    _deliver(LOCAL_MASTERS, campaign, dam_auth, dry_run=dry_run)


@run.command("b1-to-b2")
def b1_to_b2(
    campaign: CampaignNumber = None,
    *,
    dry_run: DryRun = False,
    dam_auth: DamSignIn = SignIn.OAUTH2,
    env_file: EnvFile = None,
) -> None:
    """Deliver the masters of global campaigns in B1 to Box and advance them to B2."""
    _deliver(GLOBAL_MASTERS, campaign, dam_auth, dry_run=dry_run)


@run.command("a5-to-a6")
def a5_to_a6(
    campaign: CampaignNumber = None,
    *,
    dry_run: DryRun = False,
    dam_auth: DamSignIn = SignIn.OAUTH2,
    env_file: EnvFile = None,
) -> None:
    """Send the rejected assets of A5 campaigns back to the agencies and advance them to A6."""
    _deliver(REJECTIONS, campaign, dam_auth, dry_run=dry_run)


@run.command("a2-to-a3")
def a2_to_a3(  # noqa: PLR0913  (each is an option)
    campaign: CampaignNumber = None,
    file_id: BoxFileIds = None,
    *,
    keep_files: Annotated[bool, typer.Option("--keep-files", help="Leave the files in Box.")] = False,
    force_status_update: Annotated[
        bool,
        typer.Option("--force-status-update", help="Move --campaign to A3 although files are missing; it is recorded."),
    ] = False,
    dry_run: DryRun = False,
    dam_auth: DamSignIn = SignIn.OAUTH2,
    env_file: EnvFile = None,
) -> None:
    """Bring localized files from Box to the DAM and advance complete campaigns to A3.

    A dry run also shows what the DAM would be told of each file, as JSON.
    """
    if force_status_update and campaign is None:
        raise typer.BadParameter("needs --campaign: which one is to be moved", param_hint="--force-status-update")

    def work() -> tuple[RunReport, str | None]:
        from blocks.dam import DamAuth
        from entrypoints.terminal_log import shorten_our_errors
        from flows.a2_to_a3 import a2_to_a3 as flow

        shorten_our_errors()
        report = flow(campaign, tuple(file_id or ()), keep_files, force_status_update, dry_run, DamAuth(dam_auth))
        return cast(RunReport, report), None

    _run(open_console(), work, needs=(f"dam-{dam_auth}", "box", "mail", "a2-to-a3"))


@run.command("a4-live")
def a4_live(
    campaign: CampaignNumber = None,
    *,
    dry_run: DryRun = False,
    dam_auth: DamSignIn = SignIn.OAUTH2,
    env_file: EnvFile = None,
) -> None:
    """Note where every campaign stands, and announce by one webhook each that has come to A4."""

    def work() -> tuple[RunReport, str | None]:
        from blocks.dam import DamAuth
        from entrypoints.terminal_log import shorten_our_errors
        from flows.a4_live import a4_live as flow

        shorten_our_errors()
        return cast(RunReport, flow(campaign, DamAuth(dam_auth), dry_run)), None

    _run(open_console(), work, needs=(f"dam-{dam_auth}", "mail"))


@run.command("creativex-scores")
def creativex_scores(
    file_id: BoxFileIds = None,
    *,
    keep_files: Annotated[bool, typer.Option("--keep-files", help="Leave the PDFs in Box.")] = False,
    dry_run: DryRun = False,
    env_file: EnvFile = None,
) -> None:
    """Read the CreativeX scorecards in Box; a score goes along when the file of its name comes home.

    A dry run hands nothing to LlamaCloud.
    """

    def work() -> tuple[RunReport, str | None]:
        from entrypoints.terminal_log import shorten_our_errors
        from flows.creativex_scores import creativex_scores as flow

        shorten_our_errors()
        return cast(RunReport, flow(tuple(file_id or ()), keep_files, dry_run)), None

    _run(open_console(), work, needs=("box", "mail", "creativex-scores", "llamacloud"))


@run.command("clean-up")
def clean_up(*, dry_run: DryRun = False, env_file: EnvFile = None) -> None:
    """Remove leftovers on this machine's disk, the text of old messages and old runs; nothing that tracks assets."""

    def work() -> tuple[RunReport, str | None]:
        from entrypoints.terminal_log import shorten_our_errors
        from flows.clean_up import clean_up as flow

        shorten_our_errors()
        return cast(RunReport, flow(dry_run)), None

    _run(open_console(), work, needs=())


def _deliver(route: DeliveryRoute, campaign: str | None, sign_in: SignIn, *, dry_run: bool) -> None:
    """Run the flow of a route that delivers; say why a campaign that was asked for is not in its report."""

    def work() -> tuple[RunReport, str | None]:
        from blocks.dam import DamAuth
        from entrypoints.absence import why_left_out
        from entrypoints.terminal_log import shorten_our_errors

        shorten_our_errors()
        name = route.workflow.replace("-", "_")
        flow = getattr(import_module(f"flows.{name}"), name)
        report = cast(RunReport, flow(campaign, DamAuth(sign_in), dry_run))
        return report, why_left_out(campaign, report, route, DamAuth(sign_in))

    _run(open_console(), work, needs=(f"dam-{sign_in}", "box", "mail", route.workflow))


def _run(console: "Console", work: Callable[[], tuple[RunReport, str | None]], *, needs: tuple[str, ...]) -> None:
    """Have the work done on a Prefect server, and show its report; it also says why a campaign was left out.

    `needs` are keys of NEEDS.
    """
    from blocks.settings import load_settings

    settings = load_settings(*needs)
    from entrypoints.prefect_api import prefect_server  # after the settings: faults of theirs are told at once
    from entrypoints.report_table import show_report

    with prefect_server(settings, say=lambda line: console.print(line, style="dim", highlight=False)):
        report, reason = work()
    show_report(report, console)
    if reason is not None:
        console.print(reason, style="yellow", markup=False, highlight=False)
    raise typer.Exit(1 if report.in_trouble or reason is not None else 0)
