"""Reads a broken name in the generation that it is nearest to."""

import re
from dataclasses import dataclass

from domain.codes import Codes
from domain.filenames.alignment import MISSING, SLIP, Piece, Step, align
from domain.filenames.grammar import GRAMMARS, Grammar
from domain.filenames.mends import LONGEST_SUBJECT
from domain.filenames.parts import SUBJECT

_FEWEST_PARTS = 4
_UNDERSCORES = re.compile(r"(\s*_[_\s]*)")
_ANY_SEPARATOR = re.compile(r"([\s_\-\u2010-\u2015]+)")
_MOST_PIECES = LONGEST_SUBJECT + max(len(grammar.parts) for grammar in GRAMMARS.values())
"""No name near a good one has more; to lay out many costs seconds, and whoever pastes them pays nothing."""
_SPLIT_ANYWHERE = 15  # costs once per name, as much as a missing part: most hyphens and spaces stand in a subject


@dataclass(frozen=True)
class Reading:
    """One way to read a stem in one grammar. `edges` are the separators at its two ends, where none belongs."""

    grammar: Grammar
    steps: tuple[Step, ...]
    edges: tuple[str, str]
    cost: int

    @property
    def is_likely(self) -> bool:
        """Tell whether so many parts were recognised that somebody can have meant this form.

        A subject can be anything, so it does not count.
        """
        taken = (step for step in self.steps if step.text is not None and step.part not in (None, SUBJECT))
        return sum(step.cost < MISSING for step in taken) >= _FEWEST_PARTS


def nearest_readings(stem: str, codes: Codes) -> tuple[Reading, ...]:
    """Return the cheapest reading in each generation, V2 first."""
    return tuple(_nearest(stem, grammar, codes) for grammar in GRAMMARS.values())


def likeliest(readings: tuple[Reading, ...]) -> tuple[Reading, ...]:
    """Return the cheapest reading: several when they cost the same, none when too little was recognised."""
    likely = [reading for reading in readings if reading.is_likely]
    return tuple(reading for reading in likely if reading.cost == min(other.cost for other in likely))


def _nearest(stem: str, grammar: Grammar, codes: Codes) -> Reading:
    """Return the cheapest reading; at equal cost the one that takes only underscores for separators.

    One without steps, which is not likely, where the stem falls into too many pieces.
    """
    ways = []
    for separator, surcharge in ((_UNDERSCORES, 0), (_ANY_SEPARATOR, _SPLIT_ANYWHERE)):
        pieces, edges = _pieces(stem, separator)
        if len(pieces) > _MOST_PIECES:
            continue
        steps = align(grammar, pieces, codes)
        on_edges = SLIP * sum(edge != "" for edge in edges)
        ways.append(Reading(grammar, steps, edges, surcharge + on_edges + sum(step.cost for step in steps)))
    return min(ways, key=lambda reading: reading.cost, default=Reading(grammar, (), ("", ""), 0))


def _pieces(stem: str, separator: re.Pattern[str]) -> tuple[list[Piece], tuple[str, str]]:
    """Return the texts with the separator before each, and the separators at the two ends."""
    first, *rest = separator.split(stem)
    pieces = [("", first), *zip(rest[::2], rest[1::2], strict=True)]
    full = [(before, text) for before, text in pieces if text]
    if not full:
        return [], (stem, "")
    left, right = full[0][0], "" if pieces[-1][1] else pieces[-1][0]
    return [("_", full[0][1]), *full[1:]], (left, right)
