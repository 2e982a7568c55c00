"""The command `content-scaling`. Each command imports what it needs when it runs: Prefect alone takes seconds."""

import os
import signal
import sys
from types import FrameType

import typer

from clients.logs import watch_handlers
from domain.errors import ConfigError, ContentScalingError
from entrypoints.cli.backup import backup
from entrypoints.cli.box_webhook import box_webhook
from entrypoints.cli.campaign import campaign
from entrypoints.cli.check import check
from entrypoints.cli.demo import demo
from entrypoints.cli.fields import fields
from entrypoints.cli.messages import messages
from entrypoints.cli.names import names
from entrypoints.cli.report import report
from entrypoints.cli.run import run
from entrypoints.cli.sandbox import sandbox
from entrypoints.cli.scores import scores
from entrypoints.cli.serve import serve
from entrypoints.cli.setup import setup
from entrypoints.cli.trace import trace
from entrypoints.cli.up import up
from entrypoints.console import open_console

app = typer.Typer(
    name="content-scaling",
    help="Carries campaign assets between the DAM, Box and the agencies, as Prefect flows.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command()(demo)
app.command()(sandbox)
app.command()(setup)
app.command()(up)
app.command()(check)
app.command()(serve)
app.command()(report)
app.command()(trace)
app.add_typer(run, name="run")
app.add_typer(campaign, name="campaign")
app.add_typer(scores, name="scores")
app.add_typer(messages, name="messages")
app.add_typer(names, name="names")
app.add_typer(fields, name="fields")
app.add_typer(backup, name="backup")
app.add_typer(box_webhook, name="box-webhook")


def main() -> None:
    """Run the command line; an error of ours is told in plain words, without a traceback."""
    os.environ.setdefault("DO_NOT_TRACK", "1")  # Prefect would tell its makers of every command
    signal.signal(signal.SIGTERM, _end_in_order)
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # of a terminal that is closed; nohup ignores it
        signal.signal(signal.SIGHUP, _end_in_order)
    watch_handlers()
    problems = open_console(stderr=True)
    try:
        app()
    except ConfigError as error:
        problems.print("Not started. Mend these settings:", style="bold red")
        problems.print(str(error), markup=False, soft_wrap=True)
        sys.exit(2)
    except ContentScalingError as error:
        problems.print(f"{error}\n{error.advice}", style="red", markup=False, soft_wrap=True)
        sys.exit(1)


def _end_in_order(number: int, _frame: FrameType | None) -> None:
    """Stop what was started, as Ctrl-C does: a private Prefect server would outlive us."""
    sys.exit(128 + number)
