"""The command `content-scaling`. Each command imports what it needs when it runs: Prefect alone takes seconds."""

import sys

import typer
from rich.console import Console

from domain.errors import ConfigError, ContentScalingError
from entrypoints.cli.check import check
from entrypoints.cli.demo import demo
from entrypoints.cli.run import run
from entrypoints.cli.sandbox import sandbox
from entrypoints.cli.setup import setup

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
app.command()(check)
app.add_typer(run, name="run")


def main() -> None:
    """Run the command line; an error of ours is told in plain words, without a traceback."""
    problems = Console(stderr=True)
    try:
        app()
    except ConfigError as error:
        problems.print("Not started. Mend these settings:", style="bold red")
        problems.print(str(error), markup=False, soft_wrap=True)
        sys.exit(2)
    except ContentScalingError as error:
        problems.print(f"{error}\n{error.advice}", style="red", markup=False, soft_wrap=True)
        sys.exit(1)
