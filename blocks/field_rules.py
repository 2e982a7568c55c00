"""The rules of `fields.yaml`, with the line of every fault.

The lines come from PyYAML's node marks: the file is composed to nodes first, then made into data.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from clients.yaml_files import readable_yaml
from domain.errors import ConfigError
from domain.fields.model import FieldRules, Place, RuleFaults

FILE_NAME = "fields.yaml"
SCHEMA_NAME = "fields.schema.json"
Fault = tuple[int, Place, str]
"""Line, place, reason."""

_TEXT = "tag:yaml.org,2002:str"
_SCALARS = {f"tag:yaml.org,2002:{name}" for name in ("bool", "int", "float", "null")}
_DATE = "tag:yaml.org,2002:timestamp"


class _Loader(yaml.SafeLoader):
    """Reads a date as the text it is; the field's own rule says what becomes of it."""

    yaml_implicit_resolvers = {  # noqa: RUF012  (a class attribute in PyYAML too)
        first: [(tag, pattern) for tag, pattern in resolvers if tag != _DATE]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }


def load_field_rules(config_dir: Path) -> FieldRules:
    """Return the rules of `fields.yaml`. Raises ConfigError with every fault of the file, by line."""
    path = config_dir / FILE_NAME
    node, data = _composed(path)
    faults = list(_doubled(node))
    try:
        rules = FieldRules.model_validate(data)
    except ValidationError as error:
        faults += [(_line(node, place), place, reason) for place, reason in _faults(error)]
    if faults:
        faults.sort(key=lambda fault: fault[0])
        raise ConfigError([f"{path}: line {line}: {_shown(place)}: {reason}" for line, place, reason in faults])
    return rules


def schema_text() -> str:
    """Return the JSON schema of `fields.yaml`, for editors; it is kept beside the file."""
    return json.dumps(FieldRules.model_json_schema(), indent=2, ensure_ascii=False) + "\n"


def _composed(path: Path) -> tuple[yaml.Node, Any]:
    """Return the file as nodes, and as data."""
    with readable_yaml(path):
        loader = _Loader(path.read_text(encoding="utf-8"))
        node = loader.get_single_node()
        if node is None:
            raise ConfigError([f"{path}: is empty"])
        _make_keys_text(node)
        return node, loader.construct_document(node)


def _make_keys_text(root: yaml.Node) -> None:
    """Let every key be text: ids and asset types may look like numbers or booleans (360, NO)."""
    for _, mapping in _mappings(root):
        for key, _ in mapping.value:
            if key.tag in _SCALARS:
                key.tag = _TEXT


def _doubled(root: yaml.Node) -> Iterator[Fault]:
    """Yield every key that stands twice in a mapping: YAML readers take the last one without a word."""
    for place, mapping in _mappings(root):
        first: dict[str, int] = {}
        for key, _ in mapping.value:
            name, line = str(key.value), key.start_mark.line + 1
            if name in first:
                yield line, (*place, name), f"stands here twice, first in line {first[name]}"
            first.setdefault(name, line)


def _mappings(root: yaml.Node) -> Iterator[tuple[Place, yaml.MappingNode]]:
    """Yield every mapping of the file with its place, once: an alias may hold itself."""
    waiting: list[tuple[Place, yaml.Node]] = [((), root)]
    met: set[int] = set()
    while waiting:
        place, node = waiting.pop()
        if id(node) in met:
            continue
        met.add(id(node))
        if isinstance(node, yaml.SequenceNode):
            waiting += [((*place, index), item) for index, item in enumerate(node.value)]
        elif isinstance(node, yaml.MappingNode):
            yield place, node
            waiting += [((*place, str(key.value)), value) for key, value in node.value]


def _faults(error: ValidationError) -> Iterator[tuple[Place, str]]:
    """Yield place and reason of every fault that the model has found."""
    for item in error.errors():
        cause = item.get("ctx", {}).get("error")
        if isinstance(cause, RuleFaults):
            yield from (((*item["loc"], *place), reason) for place, reason in cause.faults)
        elif item["type"] != "too_short" or not item["input"]:  # pydantic counts only the items that are good
            yield item["loc"], _reason(item)


def _reason(item: ErrorDetails) -> str:
    match item["type"]:
        case "extra_forbidden":
            return f"there is no such key; {SCHEMA_NAME} lists them"
        case "missing":
            return "is missing"
        case "string_type":
            return f"text is wanted, {item['input']!r} is none; put it in quotes"
        case "model_type" | "dict_type":
            return "keys with values are wanted; write {} for none"
        case "value_error":
            return str(item["ctx"]["error"])
        case _:
            return item["msg"]


def _line(node: yaml.Node, place: Place) -> int:
    """Return the line of a place; of one that is not in the file, the line of what it is missing from."""
    line = node.start_mark.line
    for part in place:
        if isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
            node = node.value[part]
            line = node.start_mark.line
        elif isinstance(node, yaml.MappingNode):
            entry = next((pair for pair in reversed(node.value) if pair[0].value == str(part)), None)
            if entry is None:
                break
            line, node = entry[0].start_mark.line, entry[1]
    return line + 1


def _shown(place: Place) -> str:
    return " > ".join(str(part) for part in place) or "whole file"
