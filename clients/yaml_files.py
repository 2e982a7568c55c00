"""Reads a YAML file of the config folder into its model."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from domain.errors import ConfigError

Model = TypeVar("Model", bound=BaseModel)
_VARIABLE = re.compile(r"\$\{([A-Z0-9_]+)\}")


def read_model(path: Path, model: type[Model], variables: Mapping[str, str] | None = None) -> Model:
    """Return what the file says, with `${NAME}` replaced from `variables`; unknown names become empty.

    Raises ConfigError with every fault.
    """
    data = _fill(_parsed(path), variables or {})
    try:
        return model.model_validate(data)
    except ValidationError as error:
        faults = ((_place(item["loc"]), item["msg"].removeprefix("Value error, ")) for item in error.errors())
        raise ConfigError([f"{path}: {place}: {text}" for place, text in faults]) from None


def _parsed(path: Path) -> Any:
    """Return what the file says; an empty one says nothing."""
    with readable_yaml(path):
        return yaml.safe_load(path.read_text(encoding="utf-8")) or {}


@contextmanager
def readable_yaml(path: Path) -> Iterator[None]:
    """Raise ConfigError when reading the file inside the block fails, or what it holds is not YAML."""
    try:
        yield
    except FileNotFoundError:
        raise ConfigError([f"{path}: there is no such file; CONFIG_DIR names its folder"]) from None
    except OSError as error:
        raise ConfigError([f"{path}: cannot be read ({error.strerror}); CONFIG_DIR names its folder"]) from None
    except UnicodeDecodeError:
        raise ConfigError([f"{path}: is not UTF-8 text"]) from None
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise ConfigError([f"{path}: line {line}: not YAML: {error.problem}"]) from None
    except (yaml.YAMLError, ValueError) as error:  # ValueError: a tag that its value belies, such as !!int x
        raise ConfigError([f"{path}: not YAML: {error}"]) from None


def _place(loc: tuple[int | str, ...]) -> str:
    return ".".join(str(part) for part in loc) or "whole file"


def _fill(value: Any, variables: Mapping[str, str]) -> Any:
    if isinstance(value, str):
        return _VARIABLE.sub(lambda match: variables.get(match.group(1), ""), value)
    if isinstance(value, dict):
        return {key: _fill(item, variables) for key, item in value.items()}
    if isinstance(value, list):
        return [_fill(item, variables) for item in value]
    return value
