"""Whatever the package of LlamaCloud raises becomes one of the project's errors."""

import asyncio
import concurrent.futures
import json
from itertools import product
from typing import Any

import httpx
import pytest
import tenacity
from llama_cloud.core.api_error import ApiError

from clients.creativex.llamacloud import as_service_error
from domain.errors import NotDoneYet, NotFound, ServiceError, ServiceRejected, ServiceUnavailable

KEY = "llx-s3cr3t"
BODIES = [None, "", "text", b"\xff", {}, {"detail": None}, {"detail": [{"msg": KEY}]}, [KEY], 7, {"error": KEY}]
BUILT_IN: set[type[Exception]] = {
    ArithmeticError,
    AssertionError,
    AttributeError,
    EOFError,
    Exception,
    ImportError,
    KeyError,
    LookupError,
}
BUILT_IN |= {MemoryError, NotImplementedError, RecursionError, RuntimeError, StopAsyncIteration, TypeError, ValueError}
ELSEWHERE: set[type[Exception]] = {
    concurrent.futures.CancelledError,
    concurrent.futures.BrokenExecutor,
    asyncio.InvalidStateError,
}
ELSEWHERE |= {asyncio.IncompleteReadError, json.JSONDecodeError}
PASS = {ConnectionError, ConnectionResetError, BrokenPipeError, TimeoutError, asyncio.TimeoutError}


def subclasses(kind: type[BaseException]) -> set[type[BaseException]]:
    return {kind}.union(*(subclasses(child) for child in kind.__subclasses__()))


def made(kinds: set[Any]) -> list[Exception]:
    errors = []
    for kind in sorted(kinds, key=lambda kind: kind.__qualname__):
        error = kind.__new__(kind)  # without its arguments: only the kind counts
        error.args = ()
        errors.append(error)
    return errors


def mapped(error: Exception) -> ServiceError:
    """The error of ours, having checked that it can be shown to anybody."""
    ours = as_service_error(error, "card.pdf", key=KEY)
    assert str(ours).startswith("card.pdf: LlamaCloud")
    assert KEY not in str(ours)
    assert ours.service == "LlamaCloud"
    return ours


@pytest.mark.parametrize("error", made(subclasses(httpx.TransportError) | PASS), ids=lambda error: type(error).__name__)
def test_what_keeps_an_answer_from_coming_is_unavailable(error: Exception):
    assert type(mapped(error)) is ServiceUnavailable


@pytest.mark.parametrize(
    "error",
    made(
        (subclasses(httpx.HTTPError) - subclasses(httpx.TransportError))
        | subclasses(httpx.StreamError)
        | {httpx.InvalidURL, httpx.CookieConflict, tenacity.RetryError}
        | BUILT_IN
        | ELSEWHERE
    ),
    ids=lambda error: type(error).__name__,
)
def test_every_other_exception_is_an_error_of_ours(error: Exception):
    if isinstance(error, tenacity.RetryError):
        error.last_attempt = tenacity.Future(1)  # its text shows it
    assert type(mapped(error)) is ServiceRejected


def test_every_answer_is_an_error_of_ours():
    for status, body in product((None, *range(100, 600)), BODIES):
        ours = mapped(ApiError(status_code=status, body=body))
        assert ours.status_code == status
        passes = status is not None and (status >= 500 or status in {408, 425, 429})
        kind = ServiceUnavailable if passes else NotFound if status == 404 else ServiceRejected
        assert type(ours) is kind, (status, body)


@pytest.mark.parametrize("status", [401, 403])
def test_a_refused_key_names_the_setting(status: int):
    assert "correct LLAMA_CLOUD_API_KEY" in str(mapped(ApiError(status_code=status, body={"detail": f"bad {KEY}"})))


def test_a_job_that_never_ends_is_known_by_the_packages_own_words():
    ours = mapped(Exception("Timeout while extracting the file: 4711"))
    assert type(ours) is NotDoneYet


def test_an_error_without_words_is_told_by_its_kind():
    assert "(ConnectTimeout)" in str(mapped(httpx.ConnectTimeout("")))


def test_of_what_was_answered_the_beginning_is_told_and_the_key_is_not_cut_in_two():
    ours = mapped(ApiError(status_code=400, body="x" * 295 + KEY))
    assert str(ours).endswith("xxx***)") or "llx" not in str(ours)
    assert len(str(ours)) < 400
