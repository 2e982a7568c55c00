"""What probes find becomes verdicts; none keeps the others from being tried."""

import json
from collections.abc import Callable
from typing import NoReturn

import pytest

from domain.errors import ConfigError, ServiceUnavailable
from entrypoints.checks.verdict import Found, State, Verdict, as_document, attempt, overall


def raising(error: Exception) -> Callable[[], NoReturn]:
    def probe() -> NoReturn:
        raise error

    return probe


@pytest.mark.parametrize(
    ("found", "state", "text"),
    [
        (Found("fine"), State.OK, "fine"),
        (Found("fine", warnings=["soon over"]), State.WARNING, "soon over; fine"),
        (Found("", faults=["broken"], warnings=["soon over"]), State.FAILED, "broken; soon over"),
    ],
)
def test_the_worst_that_was_found_is_the_grade_and_comes_first(found, state, text):
    verdict = attempt("x", "X_URL", lambda: found)
    assert (verdict.state, verdict.text) == (state, text)


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (ConfigError(["A: not set", "B: wrong"]), "A: not set; B: wrong"),
        (ServiceUnavailable("no answer"), "no answer; check X_URL"),
        (ValueError("secret-1"), "unexpected ValueError; check X_URL"),
    ],
)
def test_whatever_a_probe_raises_is_a_failure_that_says_where_to_look(error, text):
    assert attempt("x", "X_URL", raising(error)) == Verdict("x", State.FAILED, text)


def test_the_document_has_every_verdict_in_order_and_the_worst_grade():
    verdicts = [Verdict("b", State.WARNING, "soon"), Verdict("a", State.FAILED, "no", {"took_s": 0.5})]
    assert json.loads(json.dumps(as_document(verdicts))) == {
        "state": "failed",
        "checks": [
            {"name": "b", "state": "warning", "text": "soon", "details": {}},
            {"name": "a", "state": "failed", "text": "no", "details": {"took_s": 0.5}},
        ],
    }
    assert overall([]) is State.OK
