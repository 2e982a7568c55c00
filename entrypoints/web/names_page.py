"""The page on which agencies check file names, and build one from choices."""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, get_args

from starlette.datastructures import QueryParams

from domain.codes import Codes
from domain.errors import FilenameRefused
from domain.filenames.build import PARTS, build
from domain.filenames.grammar import GRAMMARS, Generation, Grammar
from domain.filenames.parse import ParsedName
from domain.filenames.parts import EXTENSION, Part
from entrypoints.name_verdict import Judged, NameVerdict, judge, without_folders

_MOST_S = 1.5
_NEWEST: Generation = "V2.1"
_SUGGESTED = {"ratio": ("16x9", "9x16", "1x1", "4x5"), "extension": (".mp4", ".mov", ".jpg", ".png"), "spot": ("REF",)}


@dataclass(frozen=True)
class Field:
    """One part of a name as a field of the form, chosen where there are `codes`, else typed.

    `fault` is what is wrong with its value. `suggested` are values to be picked from, besides all others.
    """

    part: Part
    rule: str
    is_optional: bool
    codes: Sequence[str]
    value: str = ""
    suggested: Sequence[str] = ()
    fault: str = ""

    @property
    def only_choice(self) -> str:
        """The one code that there is, where one has to be chosen."""
        return self.codes[0] if len(self.codes) == 1 and not self.is_optional else ""

    @property
    def choices(self) -> Sequence[str]:
        """The codes, and the value where it is none of them."""
        return self.codes if not self.value or self.value in self.codes else (*self.codes, self.value)


@dataclass(frozen=True)
class Checked:
    """What was pasted, the verdicts on it, and how many names at its end were left out: they would take too long."""

    text: str
    verdicts: Sequence[NameVerdict]
    left_out: int

    @property
    def good(self) -> int:
        """How many of the names are good."""
        return sum(verdict.parsed is not None for verdict in self.verdicts)


@dataclass(frozen=True)
class Built(Judged):
    """What is in the form, and what it makes; `outcome` is None while nobody has asked for a name."""

    generation: Generation
    fields: Sequence[Field]
    outcome: ParsedName | FilenameRefused | None


def check(asked: QueryParams, codes: Codes, clock: Callable[[], float] = time.monotonic) -> Checked:
    """Return the verdicts on the names that were pasted, one a line. Takes no longer than a page may."""
    text = asked.get("names", "")
    lines = [without_folders(line.strip()) for line in text.splitlines() if line.strip()]
    verdicts: list[NameVerdict] = []
    until = clock() + _MOST_S
    for line in lines:
        if clock() > until:
            break
        verdicts.append(judge(line, codes))
    return Checked(text, verdicts, len(lines) - len(verdicts))


def build_from(asked: QueryParams, codes: Codes, suggested: Mapping[str, Sequence[str]]) -> Built:
    """Return the form with what is in it, and the name that it makes where one was asked for."""
    wanted = asked.get("generation", "")
    generation: Generation = next((each for each in get_args(Generation) if each == wanted), _NEWEST)
    parts = {name: asked.get(name, "") for name in PARTS}
    outcome = _outcome(generation, parts, codes) if "generation" in asked else None
    faults = {fault.part: fault.text for fault in outcome.faults} if isinstance(outcome, FilenameRefused) else {}
    fields = [_field(name, generation, codes) for name in PARTS]
    more = {**_SUGGESTED, **suggested}
    return Built(
        generation,
        [
            replace(
                field,
                value=parts[field.part.name] or (field.only_choice if outcome is None else ""),
                fault=faults.get(field.part.name, ""),
                suggested=more.get(field.part.name, ()),
            )
            for field in fields
        ],
        outcome,
    )


def facts_of(asked: QueryParams, codes: Codes, suggested: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """Return what the template shows."""
    forms = {grammar.generation: grammar.form for grammar in GRAMMARS.values()}
    checked, built = check(asked, codes), build_from(asked, codes, suggested)
    return {"checked": checked, "built": built, "forms": forms}


def _outcome(generation: Generation, parts: Mapping[str, str], codes: Codes) -> ParsedName | FilenameRefused:
    try:
        return build(generation, parts, codes)
    except FilenameRefused as refusal:
        return refusal


def _field(name: str, generation: Generation, codes: Codes) -> Field:
    forms = [(grammar, part) for grammar in GRAMMARS.values() for part in grammar.parts if part.name == name]
    own = [part for grammar, part in forms if grammar.generation == generation]
    part = next(iter([*own, *(part for _, part in forms)]), EXTENSION)
    is_optional = any(part in grammar.optional for grammar, part in forms)
    return Field(part, _rule(forms, part), is_optional, codes.known(part) or ())


def _rule(forms: Iterable[tuple[Grammar, Part]], part: Part) -> str:
    rules = {grammar.generation: each.rule for grammar, each in forms}
    if len(set(rules.values())) > 1:
        return "; ".join(f"in {generation} {rule}" for generation, rule in rules.items())
    only = f", in {next(iter(rules))} only" if len(rules) == 1 else ""
    return f"{part.rule}{only}"
