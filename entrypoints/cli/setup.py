"""`content-scaling setup`: database schema, blocks, work pool, deployments."""

from pathlib import Path

from entrypoints.cli.options import EnvFile
from entrypoints.console import open_console


def setup(env_file: EnvFile = None) -> None:
    """Make this installation ready: migrate the database, fill the Prefect blocks, apply prefect.yaml.

    Safe to run again. Needs PREFECT_API_URL: the address of your Prefect server.
    """
    console = open_console()
    console.print("Reading settings", style="dim")
    from blocks.settings import WORKFLOWS, load_settings

    settings = load_settings("box", "mail", "llamacloud", *WORKFLOWS)
    from deployments.setup import set_up  # after the settings: faults of theirs are told at once
    from entrypoints.prefect_api import require_server

    require_server()
    set_up(settings, Path.cwd(), say=lambda line: console.print(f"  {line}", highlight=False))
    console.print("Ready. Start a worker with: prefect worker start --pool content-scaling", style="green")
