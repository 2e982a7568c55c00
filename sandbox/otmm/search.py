"""The search engine beside the database: an index that lags behind writes, and the conditions it understands."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from sandbox.otmm.catalogue import Value
from sandbox.otmm.nodes import Node
from sandbox.otmm.settings import OtmmSettings

Json = dict[str, Any]
Predicate = Callable[[Node], bool]

SYSTEM_FIELDS: dict[str, Callable[[Node], str]] = {
    "ARTESIA.FIELD.ASSET NAME": lambda node: node.name,
    "NAME": lambda node: node.name,
    "ARTESIA.FIELD.ASSET ID": lambda node: node.id,
    "ARTESIA.FIELD.ORIGINAL ASSET ID": lambda node: node.original_id,
    "ARTESIA.FIELD.IS LATEST VERSION": lambda node: "Y" if node.is_latest else "N",
    "ARTESIA.FIELD.MIME TYPE": lambda node: node.mime_type,
    "ARTESIA.FIELD.MODEL": lambda node: node.model_id,
    "ARTESIA.FIELD.CONTAINER TYPE NAME": lambda node: "Folder" if node.is_folder else "",
}


class InvalidConditions(Exception):
    """The conditions name a field or an operator that the engine does not know, or do not parse."""


class Index:
    """What the search sees: copies of nodes as they were `index_delay_s` ago. The caller holds the state's lock."""

    def __init__(self, settings: OtmmSettings, clock: Callable[[], float]) -> None:
        self._settings = settings
        self._clock = clock
        self._seen: dict[str, Node] = {}
        self._pending: list[tuple[float, Node]] = []

    def note(self, node: Node, *, at_once: bool = False) -> None:
        """Index the node as it is now, after the delay."""
        delay = 0.0 if at_once else self._settings.index_delay_s
        self._pending.append((self._clock() + delay, node.snapshot()))

    def catch_up(self) -> None:
        """Index everything that is pending."""
        self._take(float("inf"))

    def nodes(self) -> list[Node]:
        """The visible nodes as the index knows them, oldest first."""
        self._take(self._clock())
        return [node for node in self._seen.values() if not node.is_hidden]

    def _take(self, until: float) -> None:
        due = [node for at, node in self._pending if at <= until]
        self._pending = [(at, node) for at, node in self._pending if at > until]
        for node in due:
            self._seen[node.id] = node


def texts(node: Node, field_id: str) -> list[str]:
    """The values of a field as the index holds them."""
    if field_id in SYSTEM_FIELDS:
        return [SYSTEM_FIELDS[field_id](node)]
    value: Value = node.values.get(field_id, "")
    return value if isinstance(value, list) else [value]


def _contains(held: str, wanted: str) -> bool:
    return wanted.casefold() in held.casefold()


def _is_number(held: str, wanted: str) -> bool:
    try:
        return float(held) == float(wanted)
    except ValueError:
        return False


def _is(held: str, wanted: str) -> bool:
    return held.casefold() == wanted.casefold()


OPERATORS: dict[str, Callable[[str, str], bool]] = {
    "ARTESIA.OPERATOR.CHAR.CONTAINS": _contains,
    "ARTESIA.OPERATOR.NUMBER.IS": _is_number,
    "ARTESIA.OPERATOR.CHAR.IS": _is,
}


@dataclass
class ConditionParser:
    """Turns a `search_condition` list into a predicate: `and` binds before `or`, parentheses group."""

    known_fields: frozenset[str]
    operators: frozenset[str]

    def parse(self, conditions: list[Json]) -> Predicate:
        """Return the predicate; an empty list matches everything. Raises InvalidConditions."""
        words: list[str | Predicate] = []
        for number, condition in enumerate(conditions):
            if number:
                words.append(str(condition.get("relational_operator", "and")).lower())
            words.extend(condition.get("left_paren") or "")
            words.append(self._predicate(condition))
            words.extend(condition.get("right_paren") or "")
        if not words:
            return lambda _: True
        predicate = self._either(words)
        if words:
            raise InvalidConditions("unbalanced parentheses")
        return predicate

    def _either(self, words: list[str | Predicate]) -> Predicate:
        options = [self._both(words)]
        while words and words[0] == "or":
            words.pop(0)
            options.append(self._both(words))
        return lambda node: any(option(node) for option in options)

    def _both(self, words: list[str | Predicate]) -> Predicate:
        parts = [self._one(words)]
        while words and words[0] == "and":
            words.pop(0)
            parts.append(self._one(words))
        return lambda node: all(part(node) for part in parts)

    def _one(self, words: list[str | Predicate]) -> Predicate:
        word = words.pop(0) if words else ""
        if not isinstance(word, str):
            return word
        if word != "(":
            raise InvalidConditions(f"unexpected {word!r}")
        inner = self._either(words)
        if not words or words.pop(0) != ")":
            raise InvalidConditions("unbalanced parentheses")
        return inner

    def _predicate(self, condition: Json) -> Predicate:
        kind = str(condition.get("type", "")).rsplit(".", 1)[-1]
        if kind == "SearchScalarCondition":
            field_id, holds = self._test(condition)
            return lambda node: any(holds(text) for text in texts(node, field_id))
        if kind == "SearchTabularCondition":
            return self._tabular(condition)
        if kind == "SearchFulltextCondition":
            return keyword_predicate(str(condition.get("keyword", "")))
        raise InvalidConditions(f"unknown type of condition {kind!r}")

    def _tabular(self, condition: Json) -> Predicate:
        columns = condition.get("tabular_field_list") or []
        tests = [self._test(column) for column in (columns if isinstance(columns, list) else [columns])]
        if not tests:
            raise InvalidConditions("a tabular condition without columns")

        def same_row(node: Node) -> bool:
            rows = zip(*(texts(node, field_id) for field_id, _ in tests), strict=False)
            return any(all(holds(cell) for (_, holds), cell in zip(tests, row, strict=True)) for row in rows)

        return same_row

    def _test(self, condition: Json) -> tuple[str, Callable[[str], bool]]:
        field_id, operator = str(condition.get("metadata_field_id")), str(condition.get("relational_operator_id"))
        wanted = condition.get("value")
        if operator not in self.operators or operator not in OPERATORS:
            raise InvalidConditions(f"unknown operator {operator}")
        if field_id not in self.known_fields and field_id not in SYSTEM_FIELDS:
            raise InvalidConditions(f"unknown field {field_id}")
        if not isinstance(wanted, str):
            raise InvalidConditions("a value that is not a string")
        holds = OPERATORS[operator]
        return field_id, lambda text: holds(text, wanted)


def keyword_predicate(query: str) -> Predicate:
    """Words in any field, all of them; `*`, or nothing, matches everything."""
    words = [word for word in query.strip("() ").split() if word != "*"]
    return lambda node: all(
        any(word.strip("*").casefold() in text.casefold() for text in _all_texts(node)) for word in words
    )


def facet_predicate(restrictions: Iterable[Json]) -> Predicate:
    """Values chosen in facets; a null among them means "has no value"."""
    wanted = [(str(r.get("field_id")), r.get("value_list") or []) for r in restrictions]

    def fits(node: Node) -> bool:
        held = [([text for text in texts(node, field_id) if text], values) for field_id, values in wanted]
        return all(any(text in values for text in found) if found else None in values for found, values in held)

    return fits


def _all_texts(node: Node) -> list[str]:
    return [text for field_id in node.values for text in texts(node, field_id)]
