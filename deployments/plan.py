"""What set-up would do, in lines for people: made, changed and in what, or as it is."""

from collections.abc import Iterable
from dataclasses import dataclass

MADE = "made"


@dataclass(frozen=True)
class Item:
    """One thing that set-up looks after. `change` is None where it is as it should be."""

    name: str
    change: str | None = None
    note: str | None = None
    """What people are to know of it, and set-up does not touch."""

    def __str__(self) -> str:
        said = "; ".join(part for part in (self.change, self.note) if part)
        return f"{self.name}: {said or 'as it is'}"


def changed(differences: Iterable[str]) -> str | None:
    """Return what is changed, or None where nothing differs.

    >>> changed(["limit 3 -> none", "description"]), changed([])
    ('changed: limit 3 -> none, description', None)
    """
    named = ", ".join(differences)
    return f"changed: {named}" if named else None


def moved(what: str, before: object, after: object) -> list[str]:
    """Return what differs in words, in a list that is empty where nothing does.

    >>> moved("limit", None, 3), moved("limit", 3, 3)
    (['limit none -> 3'], [])
    """
    if before == after:
        return []
    return [f"{what} {_said(before)} -> {_said(after)}"]


def _said(value: object) -> str:
    return "none" if value is None else str(value)
