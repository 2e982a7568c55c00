"""Lays the texts of a name along the parts of a grammar, so that the least has to be corrected.

Every part that is missing, every text too many and every broken rule costs something; the cheapest alignment wins (a
weighted edit distance over parts). Work grows with the square of the number of texts.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from domain.codes import Codes
from domain.filenames.grammar import Grammar
from domain.filenames.parts import SUBJECT, Part

# Only their order and sums matter. Known codes tell apart what shapes cannot: without a brand, `DE` is no brand but a
# country. They weigh less than a part, so that an incomplete list of codes never outweighs a position.
SLIP = 3  # fits once it is mended; also a wrong separator
_UNKNOWN = 5
_NO_SUBJECT = 14  # less than any other missing part: a subject can be anything, so its being there proves nothing
MISSING = 15
_DOUBTFUL = 16  # a slip that mends to an unknown code: `IGF` is rather a social code than the language `igf`
_WRONG = 19  # less than missing and a slip together: a broken part is told as one fault
_EXTRA = 22

Piece = tuple[str, str]
"""A separator and the text that follows it."""
_Place = tuple[int, int]


@dataclass(frozen=True)
class Step:
    """A part with the text that was taken for it, a part that is missing (no text), or a text too many (no part)."""

    part: Part | None
    text: str | None
    separator: str = "_"
    """What stands left of the text."""
    cost: int = 0


def align(grammar: Grammar, pieces: Sequence[Piece], codes: Codes) -> tuple[Step, ...]:
    """Return the cheapest steps from left to right; at equal cost parts are taken early and subjects are short."""
    table = _Table(grammar, pieces, codes)
    best: dict[_Place, tuple[int, Step | None, _Place]] = {table.end: (0, None, table.end)}
    for place in table.places():
        ways = [(step.cost + best[to][0], step, to) for step, to in table.ways(*place) if to in best]
        if ways:
            best[place] = min(ways, key=lambda way: way[0])
    steps = []
    _, step, place = best[0, 0]
    while step is not None:
        steps.append(step)
        _, step, place = best[place]
    return tuple(steps)


class _Table:
    """What can be done at each place: `i` pieces and `j` parts are behind us."""

    def __init__(self, grammar: Grammar, pieces: Sequence[Piece], codes: Codes) -> None:
        self._parts = grammar.parts
        self._optional = grammar.optional
        self._pieces = pieces
        self._codes = codes
        self.end = (len(self._pieces), len(self._parts))

    def places(self) -> Iterator[_Place]:
        """Yield every place but the end, those nearest to the end first."""
        pieces, parts = self.end
        yield from ((i, j) for i in range(pieces, -1, -1) for j in range(parts, -1, -1) if (i, j) != self.end)

    def ways(self, i: int, j: int) -> Iterator[tuple[Step, _Place]]:
        """Yield every step that can come next with the place it leads to, the preferred ones first."""
        if j < len(self._parts):
            part = self._parts[j]
            for end in self._ends(part, i):
                yield self._take(part, i, end), (end, j + 1)
            if part not in self._optional:
                yield Step(part, None, cost=_NO_SUBJECT if part is SUBJECT else MISSING), (i, j + 1)
            elif not self._belongs_to(part, i, j):
                yield Step(part, None), (i, j + 1)
        if i < len(self._pieces):
            separator, text = self._pieces[i]
            yield Step(None, text, separator, _EXTRA), (i + 1, j)

    def _ends(self, part: Part, start: int) -> range:
        """Return where a part that begins at `start` can end: only a subject has several pieces."""
        last = len(self._pieces) if part is SUBJECT else min(start + 1, len(self._pieces))
        return range(start + 1, last + 1)

    def _take(self, part: Part, start: int, end: int) -> Step:
        separator, text = self._pieces[start]
        text += "".join(between + piece for between, piece in self._pieces[start + 1 : end])
        return Step(part, text, separator, self._cost(part, text) + (SLIP if separator != "_" else 0))

    def _cost(self, part: Part, text: str) -> int:
        known = self._codes.known(part)
        if part.fits(text):
            return 0 if known is None or text in known else _UNKNOWN
        mended = part.mended(text)
        if not mended:
            return _WRONG
        return SLIP if known is None or mended[0] in known else _DOUBTFUL

    def _belongs_to(self, optional: Part, i: int, j: int) -> bool:
        """Tell whether leaving the part out gives its text to the part before: `15S` left of the ratio is no spot."""
        if i == 0:
            return False
        text = self._pieces[i - 1][1]
        return optional.fits(text) and self._parts[j - 1].fits(text)
