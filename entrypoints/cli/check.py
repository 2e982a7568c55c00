"""`content-scaling check`: each connection in its own line, or all of them as JSON."""

import json
import sys
from collections.abc import Iterator
from contextlib import redirect_stdout
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from domain.errors import ConfigError
from entrypoints.cli.options import EnvFile
from entrypoints.console import open_console

if TYPE_CHECKING:
    from entrypoints.checks import Verdict

_MARKS = {"ok": "[green]ok     [/]", "warning": "[yellow]warning[/]", "failed": "[red]failed [/]"}


def check(
    *,
    strict: Annotated[bool, typer.Option("--strict", help="End with 1 for warnings, too.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document in place of lines.")] = False,
    env_file: EnvFile = None,
) -> None:
    """Try each connection of the settings; say of each that it is fine, or what to do. Changes nothing.

    Ends with 1 when anything has failed, with 2 when the settings cannot be read; warnings alone end with 0.

    The document of --json: {"state": "ok" | "warning" | "failed", "checks": [{"name": text, "state": as above,
    "text": what the line says, "details": {facts by name; times are ISO 8601, _s is seconds}}]}
    """
    states = _print_json() if as_json else _print_lines()
    failing = {"failed", "warning"} if strict else {"failed"}
    raise typer.Exit(1 if failing & states else 0)


def _print_lines() -> set[str]:
    """Print each verdict as soon as it is known; return the grades there were."""
    console, states = open_console(), set()
    with console.status("Reading settings"):
        verdicts = _verdicts()
    for verdict in verdicts:
        states.add(verdict.state.value)
        mark = _MARKS[verdict.state]
        console.print(f"{mark} {verdict.name:<28} {escape(verdict.text)}", highlight=False, soft_wrap=True)
    return states


def _print_json() -> set[str]:
    """Print the document; return the grades there were. Settings that cannot be read are its only check."""
    code = 0
    with redirect_stdout(sys.stderr):  # nothing that a library prints is to stand before or after the document
        from entrypoints.checks import State, Verdict, as_document

        try:
            found = list(_verdicts())
        except ConfigError as error:
            found, code = [Verdict("settings", State.FAILED, "; ".join(error.faults))], 2
    typer.echo(json.dumps(as_document(found), indent=2))
    if code:
        raise typer.Exit(code)
    return {verdict.state.value for verdict in found}


def _verdicts() -> "Iterator[Verdict]":
    from blocks.settings import load_settings

    settings = load_settings()
    from entrypoints.checks import check_all  # after the settings: faults of theirs are told at once

    return check_all(settings)
