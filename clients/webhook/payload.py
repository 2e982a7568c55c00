"""The body of a webhook: fields picked from the facts, or computed from them by Jinja expressions, as JSON.

The expressions come from a config file and run in Jinja's sandbox, with no more in reach than the facts.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from jinja2 import StrictUndefined, TemplateError, Undefined
from jinja2.environment import TemplateExpression
from jinja2.sandbox import ImmutableSandboxedEnvironment

from domain.errors import ConfigError

PayloadTemplate = Mapping[str, str] | Sequence[str]
"""Expression by key, or the names of facts that are taken as they are."""

_ENVIRONMENT = ImmutableSandboxedEnvironment(undefined=StrictUndefined)


def compile_field(expression: str) -> TemplateExpression:
    """Return the compiled expression; raises ValueError, naming what is wrong, for one that is no expression."""
    try:
        # By default Jinja turns what is missing into None, and a hook would announce null without a word.
        return _ENVIRONMENT.compile_expression(expression, undefined_to_none=False)
    except TemplateError as error:
        raise ValueError(f"{expression!r} is not an expression: {error}") from None


def render_payload(template: PayloadTemplate, facts: Mapping[str, Any], *, hook: str) -> bytes:
    """Return the JSON body of `hook`; raises ConfigError with every field that the facts do not give."""
    fields = template if isinstance(template, Mapping) else {name: name for name in template}
    body: dict[str, Any] = {}
    faults: list[str] = []
    for key, expression in fields.items():
        try:
            body[key] = _value(expression, facts)
        except (TemplateError, TypeError, ValueError, ArithmeticError) as error:
            faults.append(f"webhook {hook}: the field {key!r} ({expression}): {error}")
    if faults:
        raise ConfigError(faults)
    return json.dumps(body, ensure_ascii=False).encode()


def _value(expression: str, facts: Mapping[str, Any]) -> Any:
    value = compile_field(expression)(dict(facts))
    if isinstance(value, Undefined):
        str(value)  # a strict undefined raises, with its own words, as soon as it is looked at
    json.dumps(value, allow_nan=False)
    return value
