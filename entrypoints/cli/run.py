"""`content-scaling run`: one run of a workflow, in this terminal."""

from enum import StrEnum
from typing import Annotated, cast

import typer

from domain.report import RunReport
from entrypoints.cli.options import CampaignNumber, EnvFile
from entrypoints.console import open_console

run = typer.Typer(help="Run one workflow now, in this terminal.", no_args_is_help=True)


class SignIn(StrEnum):
    """How to sign in to the DAM."""

    OAUTH2 = "oauth2"
    MTLS = "mtls"


@run.callback()
def _group() -> None:
    """Run one workflow now, in this terminal."""


@run.command("a1-to-a2")
def a1_to_a2(
    campaign: CampaignNumber = None,
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Plan and report; write nothing anywhere.")] = False,
    dam_auth: Annotated[SignIn, typer.Option(help="How to sign in to the DAM.")] = SignIn.OAUTH2,
    env_file: EnvFile = None,
) -> None:
    """Deliver the masters of A1 campaigns to Box and advance them to A2."""
    console = open_console()
    from blocks.settings import load_settings
    from entrypoints.prefect_api import prefect_server
    from entrypoints.report_table import show_report

    settings = load_settings(f"dam-{dam_auth}", "box", "mail", "a1-to-a2")
    with prefect_server(settings, say=lambda line: console.print(line, style="dim", highlight=False)):
        from blocks.dam import DamAuth
        from domain.routes import LOCAL_MASTERS
        from entrypoints.absence import why_left_out
        from entrypoints.terminal_log import shorten_our_errors
        from flows.a1_to_a2 import a1_to_a2 as flow

        shorten_our_errors()
        report = cast(RunReport, flow(campaign, DamAuth(dam_auth), dry_run))
        reason = why_left_out(campaign, report, LOCAL_MASTERS, DamAuth(dam_auth))
    show_report(report, console)
    if reason is not None:
        console.print(reason, style="yellow", markup=False, highlight=False)
    raise typer.Exit(1 if report.in_trouble or reason is not None else 0)
