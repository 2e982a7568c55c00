"""Metadata elements in the form that an upload to OpenText Media Management (REST v6, asset_representation) takes.

That is the form they are read in, without display values, locks and names. Every scalar carries its type: the DAM
refuses one that does not.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from domain.assets import Json
from domain.fields.model import FieldDefinition, Kind

_TYPE = "com.artesia.metadata."


@dataclass(frozen=True, slots=True)
class Cell:
    """One value of a field: its kind and its typed scalar, None where the field or the table's row is empty."""

    kind: Kind
    scalar: Json | None


def read_cell(holder: Any, definition: FieldDefinition) -> Cell:
    """Return what a value object of the DAM holds, its scalar as it is; the definition says what it leaves out.

    Dates alone are rewritten, where the definition gives their form: ValueError when one cannot be read.

    >>> read_cell({"domain_value": "true", "value": {"type": "string", "value": "DE"}}, FieldDefinition())
    Cell(kind='domain', scalar={'type': 'string', 'value': 'DE'})
    """
    kind = _kind(holder, definition)
    inner: Any = holder.get("value") if isinstance(holder, dict) else holder
    if isinstance(inner, dict) and "field_value" in inner:
        inner = inner["field_value"]
    raw, datatype = (inner.get("value"), inner.get("type")) if isinstance(inner, dict) else (inner, None)
    if raw is None or raw == "":
        return Cell(kind, None)
    if definition.date_format is not None:
        return Cell(kind, definition.typed(str(raw)))
    return Cell(kind, {"type": datatype or definition.datatype, "value": raw})


def field_element(field_id: str, cell: Cell) -> Json:
    """Return the element of a field that stands alone."""
    return {"id": field_id, "type": f"{_TYPE}MetadataField", "value": _value_object(cell)}


def column_element(field_id: str, table_id: str | None, cells: Sequence[Cell]) -> Json:
    """Return the element of a table's column: value objects without rows around them, and the table's id."""
    parent = {"parent_table_id": table_id} if table_id else {}
    values = [_value_object(cell) for cell in cells]
    return {"id": field_id, **parent, "type": f"{_TYPE}MetadataTableField", "values": values}


def new_element(field_id: str, text: str, definition: FieldDefinition) -> Json:
    """Return an element with this value, of the defined kind. Raises ValueError when the field cannot hold it."""
    cell = Cell(definition.kind, definition.typed(text))
    if definition.table:
        return column_element(field_id, definition.table, [cell])
    return field_element(field_id, cell)


def _value_object(cell: Cell) -> Json:
    """Return the value object of a cell.

    Unproven for this DAM: that an upload takes the empty cell of a table as it is read, flags without a value, and
    that a cascading value is no domain value.
    """
    flags = {"domain_value": cell.kind == "domain", "cascading_domain_value": cell.kind == "cascading"}
    if cell.scalar is None:
        return flags
    if cell.kind == "plain":
        return {"value": cell.scalar}
    name = "CascadingDomainValue" if cell.kind == "cascading" else "DomainValue"
    return {**flags, "value": {"type": f"{_TYPE}{name}", "field_value": cell.scalar}}


def _kind(holder: Any, definition: FieldDefinition) -> Kind:
    """Return the kind that the DAM says; an object that says nothing is of the defined kind."""
    if not isinstance(holder, dict):
        return definition.kind
    inner = holder.get("value")
    inner = inner if isinstance(inner, dict) else {}
    if _is_set(holder, "cascading_domain_value") or str(inner.get("type", "")).endswith("CascadingDomainValue"):
        return "cascading"
    if _is_set(holder, "domain_value"):
        return "domain"
    if "field_value" in inner:  # tables may leave out every word about the kind
        return "domain" if definition.kind == "plain" else definition.kind
    return "plain" if "domain_value" in holder else definition.kind


def _is_set(holder: Json, flag: str) -> bool:
    return str(holder.get(flag, "")).lower() == "true"  # the DAM may write booleans as strings
