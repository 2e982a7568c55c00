"""`content-scaling check`: each connection in its own line."""

import typer
from rich.markup import escape

from entrypoints.cli.options import EnvFile
from entrypoints.console import open_console


def check(env_file: EnvFile = None) -> None:
    """Try each connection of the settings; say of each that it is fine, or what to do."""
    console = open_console()
    with console.status("Reading settings"):
        from blocks.settings import load_settings
        from entrypoints.checks import check_all

        settings = load_settings()
    failed = 0
    for verdict in check_all(settings):
        failed += not verdict.ok
        mark = "[green]ok     [/]" if verdict.ok else "[red]failed [/]"
        console.print(f"{mark} {verdict.name:<28} {escape(verdict.text)}", highlight=False, soft_wrap=True)
    raise typer.Exit(1 if failed else 0)
