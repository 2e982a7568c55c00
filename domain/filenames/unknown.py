"""Compares the codes in a good name with those that are known."""

from difflib import get_close_matches

from domain.codes import Codes
from domain.filenames.derivative_name import DerivativeName
from domain.filenames.faults import NameFault, unknown_code
from domain.filenames.grammar import GRAMMARS

_MOST_HINTS = 2


def unknown_codes(name: DerivativeName, codes: Codes) -> tuple[NameFault, ...]:
    """Return one warning for each code that no list knows, in the order of the name."""
    warnings = []
    for part in GRAMMARS[name.generation].parts:
        known, found = codes.known(part), getattr(name, part.name)
        if known is not None and found is not None and found not in known:
            warnings.append(unknown_code(part, found, get_close_matches(found, known, _MOST_HINTS)))
    return tuple(warnings)
