"""`content-scaling run`: one run of a workflow, in this terminal."""

from collections.abc import Callable
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, cast

import typer

from domain.report import RunReport
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
    console = open_console()

    def work() -> tuple[RunReport, str | None]:
        from blocks.dam import DamAuth
        from domain.routes import LOCAL_MASTERS
        from entrypoints.absence import why_left_out
        from entrypoints.terminal_log import shorten_our_errors
        from flows.a1_to_a2 import a1_to_a2 as flow

        shorten_our_errors()
        report = cast(RunReport, flow(campaign, DamAuth(dam_auth), dry_run))
        return report, why_left_out(campaign, report, LOCAL_MASTERS, DamAuth(dam_auth))

    _run("a1-to-a2", dam_auth, console, work)


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

    _run("a2-to-a3", dam_auth, open_console(), work)


def _run(workflow: str, sign_in: SignIn, console: "Console", work: Callable[[], tuple[RunReport, str | None]]) -> None:
    """Have the work done on a Prefect server, and show its report; it also says why a campaign was left out."""
    from blocks.settings import load_settings
    from entrypoints.prefect_api import prefect_server
    from entrypoints.report_table import show_report

    settings = load_settings(f"dam-{sign_in}", "box", "mail", workflow)
    with prefect_server(settings, say=lambda line: console.print(line, style="dim", highlight=False)):
        report, reason = work()
    show_report(report, console)
    if reason is not None:
        console.print(reason, style="yellow", markup=False, highlight=False)
    raise typer.Exit(1 if report.in_trouble or reason is not None else 0)
