"""Verdicts on file names as a table on the terminal."""

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from domain.errors import FilenameRefused
from domain.filenames.faults import visible
from entrypoints.name_verdict import NameVerdict


def show_verdicts(verdicts: list[NameVerdict], console: Console) -> None:
    """Print every name with each of its faults, warnings and proposals in a row of its own."""
    table = Table(box=None, padding=(0, 2, 0, 2))
    for heading in ("name", "verdict", "why, or its name in the DAM"):
        table.add_column(heading, overflow="fold")
    for verdict in verdicts:
        for row in _rows(verdict):
            table.add_row(*row)
    if verdicts:
        console.print(table)


def _rows(verdict: NameVerdict) -> list[tuple[str, str, str]]:
    outcome = verdict.outcome
    if isinstance(outcome, FilenameRefused):
        rows = [("[red]refused[/]", fault.text) for fault in outcome.faults]
        rows += [("[cyan]proposal[/]", proposal) for proposal in outcome.proposals]
    else:
        rows = [(f"[green]{outcome.name.generation}[/]", outcome.name.clean_name)]
        rows += [("[yellow]warning[/]", warning.text) for warning in outcome.warnings]
    names = [escape(visible(verdict.name)), *[""] * (len(rows) - 1)]
    return [(name, mark, escape(text)) for name, (mark, text) in zip(names, rows, strict=True)]
