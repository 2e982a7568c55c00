"""A verdict: one connection with what was found there, graded, as text for people and as facts for programs."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from domain.errors import ConfigError, ContentScalingError

Details = Mapping[str, Any]
"""Facts by name, as JSON takes them: times are ISO 8601 with their zone, `_s` is seconds, `_bytes` bytes."""


class State(StrEnum):
    """The grade of a verdict, the best first. A warning is about what works today and may not for long."""

    OK = "ok"
    WARNING = "warning"
    FAILED = "failed"


@dataclass(frozen=True)
class Found:
    """What a probe has found; `text` is about what is in order, the others say what is not and what to do."""

    text: str
    faults: Sequence[str] = ()
    warnings: Sequence[str] = ()
    details: Details = field(default_factory=dict)

    @property
    def state(self) -> State:
        """The grade that goes with it."""
        if self.faults:
            return State.FAILED
        return State.WARNING if self.warnings else State.OK


@dataclass(frozen=True)
class Verdict:
    """One connection: what was found, or what is wrong and what to do."""

    name: str
    state: State
    text: str
    details: Details = field(default_factory=dict)


def attempt(name: str, source: str, probe: Callable[[], Found]) -> Verdict:
    """Run the probe, whatever it raises; `source` names the settings to look at when it fails."""
    try:
        found = probe()
    except ConfigError as error:
        return Verdict(name, State.FAILED, "; ".join(error.faults))
    except ContentScalingError as error:
        return Verdict(name, State.FAILED, f"{error}; check {source}")
    except Exception as error:
        # The other connections are still to be tried.
        return Verdict(name, State.FAILED, f"unexpected {type(error).__name__}; check {source}")
    text = "; ".join(part for part in (*found.faults, *found.warnings, found.text) if part)
    return Verdict(name, found.state, text, found.details)


def overall(verdicts: Iterable[Verdict]) -> State:
    """Return the worst grade there is, OK where there is no verdict."""
    return max((verdict.state for verdict in verdicts), key=list(State).index, default=State.OK)


def as_document(verdicts: Sequence[Verdict]) -> dict[str, Any]:
    """Return the verdicts as one JSON object, in the order they were found.

    It has `state`, the worst grade, and `checks`, a list of objects with `name`, `state`, `text` and `details`.
    """
    checks = [
        {"name": each.name, "state": each.state.value, "text": each.text, "details": dict(each.details)}
        for each in verdicts
    ]
    return {"state": overall(verdicts).value, "checks": checks}
