"""Which domain values the rules can write, known before any asset is, and which of them a lookup domain lacks.

These are the values of `fields.yaml`, and the codes that a name may give. What a master holds, and a score, only the
asset itself tells: `domain_faults` checks those.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from domain.codes import Codes
from domain.errors import NotFound, ServiceRejected
from domain.fields.domains import DomainFault, DomainValue, lacking
from domain.fields.model import FieldDefinition, FieldRules, Place
from domain.filenames.parts import ASSET_TYPE, LANGUAGE, Part

_CODED: Mapping[str, Part] = {"language": LANGUAGE, "asset_type": ASSET_TYPE}


@dataclass(frozen=True, slots=True)
class WrittenValues:
    """What the rules can write into one field that has a lookup domain."""

    field_id: str
    definition: FieldDefinition
    own: Mapping[str, tuple[Place, ...]]
    """Values that stand in the rules, each with all its places."""
    codes: tuple[str, ...] = ()
    """Values that a name can give, as they are written; an own value may be among them."""
    code_list: str | None = None
    """The list of `codes.yaml` that they are from."""

    @property
    def domain_id(self) -> str:
        """The lookup domain."""
        return self.definition.domain or ""


@dataclass(frozen=True, slots=True)
class CheckedValues:
    """What the lookup domain says of a field's values; nothing where `unread` says why the DAM does not show it."""

    written: WrittenValues
    faults: tuple[DomainFault, ...] = ()
    """One for each own value that the domain lacks."""
    lacking_codes: tuple[str, ...] = ()
    """Codes that the domain lacks, own values left out: no fault, a list of codes is longer than what is used."""
    unread: str | None = None

    @property
    def is_faulty(self) -> bool:
        """Whether the rules have to be mended."""
        return bool(self.faults) or self.unread is not None


def written_values(rules: FieldRules, codes: Codes) -> list[WrittenValues]:
    """Return what can be written into each field that has a lookup domain, in the order of the definitions."""
    own: dict[str, dict[str, tuple[Place, ...]]] = {}
    for field_id, place, text in _own(rules):
        places, value = own.setdefault(field_id, {}), _as_written(text, rules.definitions[field_id])
        places[value] = (*places.get(value, ()), place)
    return [
        WrittenValues(field_id, definition, own.get(field_id, {}), *_codes(field_id, rules, codes))
        for field_id, definition in rules.definitions.items()
        if definition.domain is not None
    ]


def check_values(written: WrittenValues, values_of: Callable[[str], Collection[DomainValue]]) -> CheckedValues:
    """Return what the field's lookup domain says of its values; `values_of` gives the values of a domain.

    That the DAM is unavailable passes through.
    """
    try:
        known = values_of(written.domain_id)
    except (NotFound, ServiceRejected) as error:
        return CheckedValues(written, unread=str(error))

    def faults(values: Iterable[str]) -> list[DomainFault]:
        return lacking(written.field_id, values, written.definition, known)

    codes = faults(code for code in written.codes if code not in written.own)
    return CheckedValues(written, tuple(faults(written.own)), tuple(fault.value for fault in codes))


def _own(rules: FieldRules) -> Iterator[tuple[str, Place, str]]:
    """Yield every value that stands in the rules: field, place, text; in the order in which they are applied."""
    for field_id, update in rules.filename_updates.items():
        if update.default:
            yield field_id, ("filename_updates", field_id, "default"), update.default
    for section, texts in (("forced", rules.forced), ("defaults", rules.defaults)):
        yield from ((field_id, (section, field_id), text) for field_id, text in texts.items())
    rule = rules.creativex
    yield rule.score, ("creativex", "unscored"), rules.score_text(rule.unscored)
    yield rule.link, ("creativex", "unscored_link"), rule.unscored_link
    for asset_type, overrides in rules.overrides.items():
        yield from (
            (field_id, ("overrides", asset_type, field_id), text) for field_id, text in overrides.items() if text
        )


def _codes(field_id: str, rules: FieldRules, codes: Codes) -> tuple[tuple[str, ...], str | None]:
    """Return the codes that a name can give to the field, and the list that they are from."""
    update, definition = rules.filename_updates.get(field_id), rules.definitions[field_id]
    part = _CODED.get(update.source) if update else None
    later = {*rules.forced, rules.creativex.score, rules.creativex.link}
    if update is None or part is None or field_id in later:
        return (), None
    overridden = {asset_type for asset_type, fields in rules.overrides.items() if field_id in fields}
    listed = [code for code in codes.known(part) or () if part is not ASSET_TYPE or code not in overridden]
    written = (_as_written(code.upper() if update.upper else code, definition) for code in listed)
    return tuple(dict.fromkeys(written)), part.codes


def _as_written(text: str, definition: FieldDefinition) -> str:
    """Return the text as the DAM gets it, 80.0 as 80; a code that the field cannot hold stays, no domain has it."""
    try:
        return str(definition.typed(text)["value"])
    except ValueError:
        return text
