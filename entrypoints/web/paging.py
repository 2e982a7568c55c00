"""Long lists in pages."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from starlette.requests import Request

Row = TypeVar("Row")

_HIGHEST = 100_000


@dataclass(frozen=True)
class Paging:
    """Which page of a list is shown. `name` is the parameter that the address has for it."""

    name: str
    number: int
    size: int
    total: int

    @property
    def last(self) -> int:
        """The number of the last page."""
        return max(1, -(-self.total // self.size))

    @property
    def skip(self) -> int:
        """How many rows are on the pages before."""
        return (self.number - 1) * self.size

    def of(self, rows: Sequence[Row]) -> Sequence[Row]:
        """Return the rows of this page."""
        return rows[self.skip : self.skip + self.size]


def paging(request: Request, name: str, *, size: int, total: int) -> Paging:
    """Return the page that the address asks for, the first or last where it asks for none that there is."""
    asked = request.query_params.get(name, "")
    number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 10 else 1
    found = Paging(name, 1, size, total)
    return Paging(name, min(max(number, 1), found.last, _HIGHEST), size, total)


def address_with(request: Request, **changes: object) -> str:
    """Return the address of this page with other parameters; None takes one away."""
    kept = {name: str(value) for name, value in changes.items() if value is not None}
    url = request.url.remove_query_params([name for name, value in changes.items() if value is None])
    url = url.include_query_params(**kept) if kept else url
    return f"{url.path}{'?' if url.query else ''}{url.query}"
