"""The one look of tables on the terminal."""

from collections.abc import Sequence

from rich.table import Table
from rich.text import Text


def table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> Table:
    """Return a table without lines; long cells are folded, and nothing in a cell is obeyed."""
    made = Table(box=None, padding=(0, 2, 0, 0))
    for heading in headings:
        made.add_column(heading, overflow="fold")
    for row in rows:
        made.add_row(*(Text(cell) for cell in row))
    return made
