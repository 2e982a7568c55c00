"""How the commands print: wrapped to fit a terminal, never wrapped or cut where a program reads."""

import sys

from rich.console import Console

_UNWRAPPED = 100_000
"""Columns, more than any line has: rich would take 80 where there is no terminal, and break names in two."""


def open_console(*, stderr: bool = False) -> Console:
    """Return a console on the standard output, or on the standard error."""
    stream = sys.stderr if stderr else sys.stdout
    return Console(stderr=stderr, emoji=False, width=None if stream.isatty() else _UNWRAPPED)
