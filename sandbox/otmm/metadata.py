"""Field values to and from OTMM's metadata trees."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.otmm.catalogue import Category, FieldDefinition, Model, Value
from sandbox.otmm.errors import invalid_metadata
from sandbox.otmm.settings import OtmmSettings

Json = dict[str, Any]
TYPE = "com.artesia.metadata."
NUMBERS: dict[str, Callable[[str], int | float]] = {"int": int, "number": float, "decimal": float}


@dataclass(frozen=True, slots=True)
class Renderer:
    """Draws metadata trees with the DAM's lookup domains."""

    settings: OtmmSettings
    domains: Mapping[str, Mapping[str, str]]

    def tree(self, model: Model, values: Mapping[str, Value]) -> Json:
        """The nested tree of a model; values of unknown fields go into a last category of plain fields."""
        elements = [self._category(category, values) for category in model.categories]
        strangers = tuple(FieldDefinition(key, key) for key in values if model.field(key) is None)
        if strangers:
            elements.append(self._category(Category("OTHER.CATEGORY", "Other", strangers), values))
        return self._model(model, elements)

    def flat(self, model: Model, values: Mapping[str, Value], wanted: Iterable[str]) -> Json:
        """Only the wanted fields, directly under the model."""
        found = [model.field(key) or FieldDefinition(key, key) for key in wanted if model.field(key) or key in values]
        return self._model(model, [self._element(definition, values) for definition in found])

    def _model(self, model: Model, elements: list[Json]) -> Json:
        head: Json = {"type": f"{TYPE}MetadataModel", "id": model.id, "name": model.name, "legacy_id": model.legacy_id}
        return head | {"has_multilingual_fields": False, "metadata_element_list": elements}

    def _category(self, category: Category, values: Mapping[str, Value]) -> Json:
        elements: list[Json] = []
        tables: dict[str, Json] = {}
        for definition in category.fields:
            element = self._element(definition, values)
            if definition.table is None:
                elements.append(element)
                continue
            if definition.table not in tables:
                head: Json = {"type": f"{TYPE}MetadataTable", "id": definition.table, "name": definition.name}
                tables[definition.table] = head | {"metadata_element_list": []}
                elements.append(tables[definition.table])
            tables[definition.table]["metadata_element_list"].append(element)
        head = {"type": f"{TYPE}MetadataCategory", "id": category.id, "name": category.name}
        return head | {"metadata_element_list": elements}

    def _element(self, definition: FieldDefinition, values: Mapping[str, Value]) -> Json:
        value = values.get(definition.id)
        element: Json = {"id": definition.id, "name": definition.name}
        if definition.domain is not None:
            element["domain_id"] = definition.domain
        if definition.table is not None or isinstance(value, list):
            rows = value if isinstance(value, list) else [value] if value else []
            kept = [row for row in rows if row or self.settings.keep_table_gaps]
            cells = [self._value(definition, row, typed=False) for row in kept]
            return {"type": f"{TYPE}MetadataTableField"} | element | {"values": cells}
        return {"type": f"{TYPE}MetadataField"} | element | {"value": self._value(definition, value, typed=True)}

    def _value(self, definition: FieldDefinition, raw: str | None, *, typed: bool) -> Json:
        is_domain = definition.domain is not None
        outer: Json = {
            "cascading_domain_value": definition.cascading,
            "domain_value": is_domain and not definition.cascading,
            "is_locked": False,
        }
        if raw is None or raw == "":  # an empty field has no inner value
            return outer
        if not is_domain:
            return outer | {"value": {"type": definition.datatype, "value": self._scalar(definition.datatype, raw)}}
        kind = "CascadingDomainValue" if definition.cascading else "DomainValue"
        # OTMM leaves the type out in tables
        inner: Json = {"type": f"{TYPE}{kind}"} if typed else {}
        inner["field_value"] = {"type": "string", "value": raw}
        inner["display_value"] = self._display(definition.domain or "", raw)
        return outer | {"value": inner}

    def _display(self, domain_id: str, raw: str) -> str:
        known = self.domains.get(domain_id, {})
        return "^".join(known.get(part, part) for part in raw.split("^"))

    def _scalar(self, datatype: str, raw: str) -> str | int | float:
        if datatype not in NUMBERS or self.settings.numbers_as_strings:
            return raw
        try:
            return NUMBERS[datatype](raw)
        except ValueError:
            return raw


def metadata_elements(represented: Json) -> Any:
    """The elements of the asset or folder that a client sends; none where it leaves them out."""
    metadata = represented.get("metadata") or {}
    if not isinstance(metadata, dict):
        raise invalid_metadata("metadata is not an object")
    return metadata.get("metadata_element_list", [])


def parse_elements(elements: Any) -> dict[str, Value]:
    """Read the metadata elements that a client sends, flat or nested; a table column replaces the whole column.

    An emptied field is the empty string or list. Raises the validation error that OTMM raises for a value without type.
    """
    return {field_id: _parse_element(field_id, element) for field_id, element in _leaves(elements)}


def _leaves(elements: Any) -> Iterator[tuple[str, Json]]:
    if not isinstance(elements, list):
        raise invalid_metadata("metadata is not a list of elements")
    for element in elements:
        if not isinstance(element, dict) or not isinstance(element.get("id"), str):
            raise invalid_metadata("a metadata element has no id")
        if "metadata_element_list" in element:
            yield from _leaves(element["metadata_element_list"])
        else:
            yield element["id"], element


def _parse_element(field_id: str, element: Json) -> Value:
    if not element.get("type"):
        raise invalid_metadata(f"{field_id}: the element has no type")
    if "values" not in element:
        return _parse_value(field_id, element.get("value"))
    if not isinstance(element["values"], list):
        raise invalid_metadata(f"{field_id}: values is not a list")
    return [_parse_value(field_id, value) for value in element["values"]]


def _parse_value(field_id: str, outer: Any) -> str:
    if outer is None:
        return ""
    if not isinstance(outer, dict) or "Row" in str(outer.get("type", "")):
        raise invalid_metadata(f"{field_id}: not a value object")
    inner = outer.get("value")
    if inner is None:
        return ""
    if not isinstance(inner, dict) or not inner.get("type"):
        raise invalid_metadata(f"{field_id}: the value has no type")
    if str(inner["type"]).endswith("DomainValue"):
        inner = inner.get("field_value")
        if not isinstance(inner, dict) or not inner.get("type"):
            raise invalid_metadata(f"{field_id}: the domain value has no typed field_value")
    raw = inner.get("value")
    return "" if raw is None else str(raw)


def check_domains(values: Mapping[str, Value], model: Model, domains: Mapping[str, Mapping[str, str]]) -> None:
    """Raise for a value that its lookup domain does not hold."""
    for field_id, value in values.items():
        definition = model.field(field_id)
        if definition is None or definition.domain is None:
            continue
        known = domains.get(definition.domain, {})
        for raw in value if isinstance(value, list) else [value]:
            if any(part and part not in known for part in raw.split("^")):
                raise invalid_metadata(f"{field_id}: {raw} is not in the domain {definition.domain}")
