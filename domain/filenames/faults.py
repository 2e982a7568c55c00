"""What can be wrong with a file name, worded for an agency's project manager."""

from collections.abc import Sequence
from dataclasses import dataclass

from domain.filenames.parts import Part


@dataclass(frozen=True)
class NameFault:
    """One fault. `part` is a part's name, or `separator`, `extra`, `name`."""

    part: str
    expected: str
    found: str | None
    """None when nothing stands there."""
    text: str


def wrong(part: Part, found: str) -> NameFault:
    """Return the fault of a part that breaks its rule."""
    expected = f"{part.rule}, such as {part.examples[0]}"
    return NameFault(part.name, expected, found, f"{part.label}: expected {expected}; found '{visible(found)}'")


def missing(part: Part, hint: str = "") -> NameFault:
    """Return the fault of a part that is not there."""
    expected = f"{part.rule}, such as {part.examples[0]}"
    return NameFault(part.name, expected, None, f"{part.label}: missing; expected {expected}{hint}")


def superfluous(found: str, before: str) -> NameFault:
    """Return the fault of a text that belongs to no part; `before` tells what follows it."""
    place = f"before the {before}" if before else "after the tracking id"
    text = f"extra part: nothing belongs {place}; found '{visible(found)}'"
    return NameFault("extra", f"nothing {place}", found, text)


def separator(found: str, place: str) -> NameFault:
    """Return the fault of parts that something else than one underscore divides."""
    expected = "one underscore"
    return NameFault("separator", expected, found, f"separator: expected {expected} {place}; found '{visible(found)}'")


def edge(found: str, where: str) -> NameFault:
    """Return the fault of a name that begins or ends with something that divides nothing."""
    return NameFault("separator", "nothing", found, f"separator: nothing belongs {where}; found '{visible(found)}'")


def not_in(generation: str, part: Part, found: str) -> NameFault:
    """Return the fault of a part that names of this generation have no place for."""
    text = f"{part.label}: names of {generation} have none; found '{visible(found)}'"
    return NameFault(part.name, "nothing", found, text)


def taken_for(part: Part, found: str, absent: Part) -> NameFault:
    """Return the fault of a part that would be read as another one, which is not there."""
    text = (
        f"{part.label}: '{found}' would be read as the {absent.label}; choose another, or give the {absent.label} too"
    )
    return NameFault(part.name, f"nothing like the {absent.label}", found, text)


def too_long(found: str, longest: int) -> NameFault:
    """Return the fault of a name that no system stores."""
    expected = f"at most {longest} characters"
    text = f"name: expected {expected}; found {len(found)}, so its parts were not looked at"
    return NameFault("name", expected, found, text)


def undecided(found: str, forms: Sequence[str]) -> NameFault:
    """Return the fault of a name that is no nearer to one generation than to the other."""
    expected = " or ".join(forms)
    text = f"name: it is not clear which form is meant; expected {expected}; only the faults against both are listed"
    return NameFault("name", expected, found, text)


def unknown_code(part: Part, found: str, nearest: Sequence[str]) -> NameFault:
    """Return the warning about a code of good shape that no list knows."""
    hint = f" (did you mean {' or '.join(nearest)}?)" if nearest else ""
    text = f"{part.label}: {found} is not among the known codes{hint}; it is used as it is"
    return NameFault(part.name, "a known code", found, text)


def visible(text: str) -> str:
    """Return the text with everything that a terminal or a mail would obey or hide written as an escape.

    >>> visible("a\\x1b[2Jb\\u200b")
    'a\\\\x1b[2Jb\\\\u200b'
    """
    return "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode() for character in text
    )
