"""`content-scaling names`: file names held against the grammar."""

import sys
from collections.abc import Iterable, Iterator
from typing import Annotated

import typer

from domain.errors import FilenameRefused
from entrypoints.cli.options import EnvFile
from entrypoints.console import open_console

names = typer.Typer(help="Check the file names that agencies hand in.", no_args_is_help=True)


@names.callback()
def _group() -> None:
    """Check the file names that agencies hand in."""


@names.command("check")
def check_names(
    files: Annotated[
        list[str],
        typer.Argument(
            metavar="FILE-OR-NAME...", help="Only the last part of a path counts; - reads names, one a line."
        ),
    ],
    env_file: EnvFile = None,
) -> None:
    """Say of each name whether it can be taken in, what is wrong with it, and which name would do.

    The files need not be there. Ends with 1 when a name is refused; a warning is no fault.
    """
    from clients.yaml_files import read_model
    from domain.codes import CODES_FILE, Codes
    from entrypoints.config_folder import config_folder
    from entrypoints.name_table import show_verdicts
    from entrypoints.name_verdict import judge, without_folders

    codes = read_model(config_folder() / CODES_FILE, Codes)
    verdicts = [judge(without_folders(path), codes) for path in _paths(files)]
    show_verdicts(verdicts, open_console())
    raise typer.Exit(1 if any(isinstance(verdict.outcome, FilenameRefused) for verdict in verdicts) else 0)


def _paths(files: Iterable[str]) -> Iterator[str]:
    for file in files:
        yield from _standard_input() if file == "-" else [file]


def _standard_input() -> Iterator[str]:
    """Yield the lines that say anything; bytes that are no UTF-8 come as surrogates, as they do in arguments."""
    for line in sys.stdin.buffer:
        text = line.decode("utf-8", "surrogateescape").rstrip("\r\n")
        if text.strip():
            yield text
