"""Reading values out of a DAM metadata tree by field id, wherever in the tree the field stands.

The tree is the `metadata` object of an OpenText Media Management (REST v6) asset or folder: elements nested in
`metadata_element_list`, or flat where a listing returned only some fields. A field's id is unique, its place is not.

>>> tree = {"metadata_element_list": [{"id": "INFO", "metadata_element_list": [
...     {"id": "TITLE", "value": {"value": {"type": "string", "value": "Hello"}}},
...     {"id": "SCOPE", "value": {"domain_value": True, "value": {
...         "field_value": {"type": "string", "value": "GLOBAL"}, "display_value": "Global "}}},
...     {"id": "LANGUAGES", "metadata_element_list": [{"id": "LANGUAGE", "values": [
...         {"value": {"field_value": {"type": "string", "value": "DE"}, "display_value": "German"}},
...         {"value": {"field_value": {"type": "string", "value": "FR"}, "display_value": "French"}}]}]}]}]}
>>> field_value(tree, "TITLE"), field_value(tree, "SCOPE"), display_value(tree, "SCOPE")
('Hello', 'GLOBAL', 'Global')
>>> field_values(tree, "LANGUAGE")
['DE', 'FR']
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from domain.assets import Json


@dataclass(frozen=True, slots=True)
class FieldIs:
    """A field and a value that it may have."""

    field_id: str
    value: str

    def fits(self, tree: Json) -> bool:
        """Tell whether the field has the value, by its id or by its label, ignoring case.

        >>> FieldIs("STATE", "local").fits({"metadata_element_list": [{"id": "STATE", "value": {"value": "Local "}}]})
        True
        """
        wanted = self.value.strip().casefold()
        shown = (*field_values(tree, self.field_id), *display_values(tree, self.field_id))
        return any(text.strip().casefold() == wanted for text in shown)


def as_list(value: Any) -> list[Any]:
    """Return `value` as a list: the DAM may write a list of one as the element itself, and an empty one not at all.

    >>> as_list([1, 2]), as_list({"id": "X"}), as_list(None)
    ([1, 2], [{'id': 'X'}], [])
    """
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def elements(tree: Json) -> Iterator[Json]:
    """Yield every element of the tree, groups and tables before what they hold.

    A complete asset or folder is taken for its own `metadata`; what it inherits from its folders is left out.
    """
    if "metadata_element_list" not in tree and isinstance(tree.get("metadata"), dict):
        tree = tree["metadata"]
    for element in as_list(tree.get("metadata_element_list")):
        if isinstance(element, dict):
            yield element
            yield from elements({"metadata_element_list": element.get("metadata_element_list")})


def find_element(tree: Json, field_id: str) -> Json | None:
    """Return the first element with this id, exactly as the DAM wrote it, or None."""
    return next((element for element in elements(tree) if element.get("id") == field_id), None)


def field_values(tree: Json, field_id: str) -> list[str]:
    """Return the values of a field, empty ones left out: one for a plain or domain field, the column of a table.

    A domain value gives its id, a cascading one its composite id (`BRAND^LINE^COUNTRY`).

    >>> score, empty = {"value": {"value": {"type": "int", "value": 80}}}, {"value": {"is_locked": False}}
    >>> tree = {"metadata_element_list": [{"id": "SCORE", **score}, {"id": "EMPTY", **empty}]}
    >>> field_values(tree, "SCORE")
    ['80']
    >>> field_values(tree, "EMPTY")
    []
    """
    return [text for holder in _holders(tree, field_id) if (text := _text(holder)) is not None]


def field_value(tree: Json, field_id: str) -> str | None:
    """Return the field's first value, or None when it is empty or not in the tree."""
    return next(iter(field_values(tree, field_id)), None)


def display_values(tree: Json, field_id: str) -> list[str]:
    """Return the field's values as people read them: the label of a domain value, else the value itself."""
    labels = ((_label(holder), _text(holder)) for holder in _holders(tree, field_id))
    return [shown for label, text in labels if (shown := label or text) is not None]


def display_value(tree: Json, field_id: str) -> str | None:
    """Return the field's first value as people read it, or None when it is empty or not in the tree."""
    return next(iter(display_values(tree, field_id)), None)


def _holders(tree: Json, field_id: str) -> list[Any]:
    """Return the value objects of the field: one of a plain field, one per row of a table column."""
    element = find_element(tree, field_id) or {}
    return as_list(element.get("value")) + as_list(element.get("values"))


def _text(holder: Any) -> str | None:
    """Return the scalar inside a value object, however deep: `value`, `value.value`, `value.field_value.value`."""
    while isinstance(holder, dict):
        holder = holder.get("field_value", holder.get("value"))
    if isinstance(holder, bool):
        return str(holder).lower()
    return None if holder is None or holder == "" else str(holder)


def _label(holder: Any) -> str:
    """Return the label of a domain value, without the stray blanks the DAM leaves around it, or ''."""
    inner = holder.get("value") if isinstance(holder, dict) else None
    label = inner.get("display_value") if isinstance(inner, dict) else None
    return label.strip() if isinstance(label, str) else ""
