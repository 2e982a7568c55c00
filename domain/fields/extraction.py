"""Taking fields over from a master: found anywhere in its metadata tree, made flat as an upload wants them.

A table is read as columns of parallel values (row i is the i-th value of each); they leave their table and name it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import zip_longest

from domain.assets import Json
from domain.errors import MetadataRefused
from domain.fields.elements import Cell, column_element, field_element, read_cell
from domain.fields.model import FieldDefinition, FieldRules
from domain.metadata import as_list, elements


@dataclass(frozen=True, slots=True)
class _Column:
    field_id: str
    table_id: str | None
    cells: list[Cell]


def extracted(master: Json, rules: FieldRules) -> dict[str, Json]:
    """Return the elements of the listed fields by id, in the order of the list; empty and missing ones left out.

    Raises MetadataRefused for a date that cannot be read.
    """
    found, tables = _index(master)
    taken: dict[str, Cell | _Column] = {}
    for field_id in rules.fields:
        if field_id in found:
            taken[field_id] = _take(master, found[field_id], tables.get(field_id), rules.definitions[field_id])
    columns = _without_empty_rows([part for part in taken.values() if isinstance(part, _Column)])
    made: dict[str, Json] = {}
    for field_id, part in taken.items():
        if isinstance(part, Cell) and part.scalar is not None:
            made[field_id] = field_element(field_id, part)
        elif isinstance(part, _Column) and any(cell.scalar is not None for cell in columns[field_id].cells):
            made[field_id] = column_element(field_id, part.table_id, columns[field_id].cells)
    return made


def _index(master: Json) -> tuple[dict[str, Json], dict[str, str]]:
    """Return the first element of each id, and the table that each column stands in."""
    found: dict[str, Json] = {}
    tables: dict[str, str] = {}
    for element in elements(master):
        found.setdefault(str(element.get("id")), element)
        if str(element.get("type", "")).endswith("MetadataTable"):
            columns = as_list(element.get("metadata_element_list"))
            tables |= {str(column.get("id")): str(element.get("id")) for column in columns if isinstance(column, dict)}
    return found, tables


def _take(master: Json, element: Json, table_id: str | None, definition: FieldDefinition) -> Cell | _Column:
    field_id = str(element["id"])
    table_id = table_id or element.get("parent_table_id") or definition.table
    is_column = table_id is not None or "values" in element
    holders = as_list(element["values"] if "values" in element else element.get("value"))
    try:
        cells = [read_cell(holder, definition) for holder in holders]
    except ValueError as error:
        name = master.get("name") or master.get("asset_id") or "without a name"
        raise MetadataRefused(f"master {name}, field {field_id}: {error}; correct it in the DAM") from None
    if is_column:
        return _Column(field_id, table_id, cells)
    return cells[0] if cells else Cell(definition.kind, None)


def _without_empty_rows(columns: Iterable[_Column]) -> dict[str, _Column]:
    """Return the columns by field id, without the rows that are empty in all columns taken of a table.

    A gap that stands beside a value stays: without it the values below would move up into other rows.
    """
    by_table: dict[str, list[_Column]] = {}
    for column in columns:
        by_table.setdefault(column.table_id or column.field_id, []).append(column)
    kept: dict[str, _Column] = {}
    for group in by_table.values():
        rows = zip_longest(*(column.cells for column in group))
        full = [any(cell is not None and cell.scalar is not None for cell in row) for row in rows]
        for column in group:
            cells = [cell for cell, is_full in zip(column.cells, full, strict=False) if is_full]
            kept[column.field_id] = _Column(column.field_id, column.table_id, cells)
    return kept
