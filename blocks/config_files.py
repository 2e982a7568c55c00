"""The YAML files of `CONFIG_DIR`, checked against their models."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from clients.mail.recipients import Recipients
from clients.webhook.hooks import Webhooks
from domain.errors import ConfigError
from domain.roles import DamRoles

Model = TypeVar("Model", bound=BaseModel)
_VARIABLE = re.compile(r"\$\{([A-Z0-9_]+)\}")


def load_roles(config_dir: Path) -> DamRoles:
    """Return `dam.yaml`: which field of the DAM plays which role."""
    return _load(config_dir / "dam.yaml", DamRoles)


def load_recipients(config_dir: Path) -> Recipients:
    """Return `recipients.yaml`: who is told what."""
    return _load(config_dir / "recipients.yaml", Recipients)


def load_hooks(config_dir: Path, addresses: Mapping[str, str]) -> Webhooks:
    """Return `webhooks.yaml`, with `${NAME}` replaced from `addresses`; unknown names become empty (hook off)."""
    return _load(config_dir / "webhooks.yaml", Webhooks, addresses)


def _load(path: Path, model: type[Model], variables: Mapping[str, str] | None = None) -> Model:
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ConfigError([f"{path}: there is no such file; CONFIG_DIR names its folder"]) from None
    except yaml.YAMLError as error:
        raise ConfigError([f"{path}: not YAML: {error}"]) from None
    try:
        return model.model_validate(_fill(data or {}, variables or {}))
    except ValidationError as error:
        where = [".".join(str(part) for part in item["loc"]) for item in error.errors()]
        faults = [f"{path}: {place}: {item['msg']}" for place, item in zip(where, error.errors(), strict=True)]
        raise ConfigError(faults) from None


def _fill(value: Any, variables: Mapping[str, str]) -> Any:
    if isinstance(value, str):
        return _VARIABLE.sub(lambda match: variables.get(match.group(1), ""), value)
    if isinstance(value, dict):
        return {key: _fill(item, variables) for key, item in value.items()}
    if isinstance(value, list):
        return [_fill(item, variables) for item in value]
    return value
