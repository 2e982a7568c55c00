"""Rules and masters of the golden tests, fresh for each test."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from domain.fields import FieldRules

GOLDEN = Path(__file__).with_name("golden")


@pytest.fixture
def rule_data() -> dict[str, Any]:
    """What the rules file says; tests change it."""
    return dict(yaml.safe_load((GOLDEN / "rules.yaml").read_text(encoding="utf-8")))


@pytest.fixture
def rules(rule_data: dict[str, Any]) -> FieldRules:
    return FieldRules.model_validate(rule_data)


@pytest.fixture
def golden() -> Callable[[str], Any]:
    """Reads a JSON file of the golden folder."""
    return lambda name: json.loads((GOLDEN / f"{name}.json").read_text(encoding="utf-8"))
