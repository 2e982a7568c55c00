"""`content-scaling scores`: what CreativeX has said of files."""

from typing import Annotated

import typer

from entrypoints.cli.options import EnvFile
from entrypoints.console import open_console

scores = typer.Typer(help="Look at CreativeX scores.", no_args_is_help=True)


@scores.callback()
def _group() -> None:
    """Look at CreativeX scores."""


@scores.command("show")
def show(
    name: Annotated[
        str,
        typer.Argument(
            metavar="NAME", help="File name, clean or as it was handed in, with or without extension; or a tracking id."
        ),
    ],
    env_file: EnvFile = None,
) -> None:
    """Show the history of a file's scores, and which one is in the DAM. Changes nothing.

    Ends with 1 when no score of it is known; the nearest names are proposed.
    """
    console = open_console()
    from entrypoints.score_table import show_histories, show_nearest
    from entrypoints.score_view import open_scores

    with open_scores() as archive:
        histories = archive.histories(name)
        if histories:
            show_histories(histories, console)
            return
        show_nearest(name, archive.nearest(name), console)
    raise typer.Exit(1)
