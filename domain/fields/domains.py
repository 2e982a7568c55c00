"""Checking the values of a representation against the DAM's lookup domains."""

import difflib
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass

from domain.assets import Json
from domain.errors import NotFound, ServiceRejected
from domain.fields.model import FieldDefinition, FieldRules
from domain.metadata import field_values


@dataclass(frozen=True, slots=True)
class DomainValue:
    """A value of a lookup domain: its id, which is what metadata holds, and what people see."""

    value_id: str
    label: str


@dataclass(frozen=True, slots=True)
class DomainFault:
    """A value that its domain lacks, or that could not be checked because the DAM does not show the domain.

    `nearest` is the value of the domain that is most like it, where one is; `unchecked` is what the DAM said.
    """

    field_id: str
    value: str
    domain_id: str
    nearest: str | None = None
    unchecked: str | None = None

    def __str__(self) -> str:
        """The fault in one sentence, for people."""
        if self.unchecked:
            why = f"{self.unchecked}; see the field's domain in fields.yaml"
            return f"{self.field_id}: {self.value!r} could not be checked: {why}"
        hint = f"; did you mean {self.nearest!r}?" if self.nearest else ""
        return f"{self.field_id}: the lookup domain {self.domain_id} does not hold {self.value!r}{hint}"


def domain_faults(
    representation: Json, rules: FieldRules, values_of: Callable[[str], Collection[str]]
) -> list[DomainFault]:
    """Return a fault for each value that its domain lacks, in the order of the representation.

    `values_of` gives the value ids of a domain. A domain that is missing or refused gives a fault too; that the DAM
    is unavailable passes through. `rules.strict` says whether faults refuse the asset.
    """
    asset = representation["asset_resource"]["asset"]
    faults: list[DomainFault] = []
    for element in asset["metadata"]["metadata_element_list"]:
        definition = rules.definitions.get(element["id"])
        if definition is not None and definition.domain is not None:
            values = field_values(asset, element["id"])
            faults += _faults(element["id"], values, definition, definition.domain, values_of)
    return faults


def lacking(
    field_id: str, values: Iterable[str], definition: FieldDefinition, known: Collection[DomainValue]
) -> list[DomainFault]:
    """Return a fault for each value that the field's lookup domain, which holds `known`, lacks."""
    ids = {item.value_id for item in known}
    return [
        DomainFault(field_id, value, definition.domain or "", nearest=_nearest(value, known, definition))
        for value in values
        if not _holds(ids, value, definition)
    ]


def _faults(
    field_id: str,
    values: list[str],
    definition: FieldDefinition,
    domain_id: str,
    values_of: Callable[[str], Collection[str]],
) -> list[DomainFault]:
    try:
        known = values_of(domain_id) if values else ()
    except (NotFound, ServiceRejected) as error:  # unproven which of them an unknown domain is answered with
        return [DomainFault(field_id, value, domain_id, unchecked=str(error)) for value in values]
    return lacking(field_id, values, definition, [DomainValue(value, value) for value in known])


def _holds(known: Collection[str], value: str, definition: FieldDefinition) -> bool:
    """Tell whether a domain holds the value.

    Unproven for this DAM: a cascading domain may list whole values (BRAND^LINE) or the parts of them.
    """
    return value in known or (definition.kind == "cascading" and all(part in known for part in value.split("^")))


def _nearest(value: str, known: Collection[DomainValue], definition: FieldDefinition) -> str | None:
    """Return the id most like the value, by id or label; of a cascading value whose parts are listed, part by part."""
    alike = {item.label.casefold(): item.value_id for item in known}
    alike |= {item.value_id.casefold(): item.value_id for item in known}
    by_parts = definition.kind == "cascading" and not any("^" in item.value_id for item in known)
    found = [_closest(part, alike) for part in (value.split("^") if by_parts else [value])]
    proposals = [near for near in found if near is not None]
    return "^".join(proposals) if len(proposals) == len(found) else None


def _closest(value: str, alike: Mapping[str, str]) -> str | None:
    return next((alike[near] for near in difflib.get_close_matches(value.casefold(), alike, n=1)), None)
