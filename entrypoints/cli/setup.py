"""`content-scaling setup`: database schema, work pool, blocks, automations, deployments."""

from pathlib import Path
from typing import Annotated

import typer

from entrypoints.cli.options import EnvFile
from entrypoints.console import open_console


def setup(
    *,
    check: Annotated[bool, typer.Option("--check", help="Say what would change, and change nothing anywhere.")] = False,
    env_file: EnvFile = None,
) -> None:
    """Make this installation ready: migrate the database, make the work pool, fill the Prefect blocks, make the
    automations, apply prefect.yaml.

    Safe to run again. Needs PREFECT_API_URL: the address of your Prefect server.

    With --check it ends with 0 when nothing would change, with 1 when something would, and with 2 when it cannot tell.
    """
    console = open_console()
    console.print("Reading settings", style="dim")
    from blocks.settings import WORKFLOWS, load_settings

    settings = load_settings("box", "mail", "llamacloud", *WORKFLOWS)
    from deployments.dam_sign_ins import require_dam  # after the settings: faults of theirs are told at once
    from deployments.setup import plan, set_up
    from entrypoints.prefect_api import require_server

    require_dam(settings, Path.cwd())
    require_server()
    if not check:
        set_up(settings, Path.cwd(), say=lambda line: console.print(f"  {line}", highlight=False))
        console.print("Ready. Start a worker with: prefect worker start --pool content-scaling", style="green")
        return
    changes = 0
    for item in plan(settings, Path.cwd()):
        changes += item.change is not None
        console.print(f"  {item}", highlight=False, style=None if item.change is None else "yellow")
    if changes:
        console.print(f"{changes} to be made or changed: content-scaling setup", style="yellow")
        raise typer.Exit(1)
    console.print("Nothing would change.", style="green")
