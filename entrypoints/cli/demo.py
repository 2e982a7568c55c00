"""`content-scaling demo`: a campaign travels before your eyes."""

from typing import Annotated

import typer

from entrypoints.console import open_console


def demo(
    *, keep: Annotated[bool, typer.Option("--keep", help="Leave everything up until Ctrl-C, to look around.")] = False
) -> None:
    """Send a campaign from a simulated DAM to a simulated Box, with a real database, Prefect server and worker.

    Everything lives in .data/demo of the checkout and is stopped at the end.
    """
    from entrypoints.demo.play import play

    raise typer.Exit(0 if play(open_console(), keep=keep) else 1)
