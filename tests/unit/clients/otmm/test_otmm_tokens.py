"""OTDS tokens: one for all threads, renewed in time."""

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import parse_qs

import pytest

from clients.otmm import OtdsTokens
from domain.errors import ServiceError, ServiceRejected, ServiceUnavailable

SECRET = "not-to-be-seen"


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def grant(answer):
    def make(text: str, **more: object):
        return answer(body=json.dumps({"access_token": text, "token_type": "Bearer", **more}).encode())

    return make


@pytest.fixture
def tokens(server, clock) -> OtdsTokens:
    return OtdsTokens(f"{server.url}/otdsws/oauth2/token", "scaling", SECRET, clock=clock, timeouts=(5, 5))


def test_a_token_is_asked_for_with_client_credentials(server, tokens, grant):
    server.answers = [grant("one", expires_in=3600)]
    assert tokens.bearer() == "one"
    asked = server.asked[0]
    assert (asked.method, asked.path) == ("POST", "/otdsws/oauth2/token")
    assert parse_qs(asked.body) == {
        "grant_type": ["client_credentials"],
        "client_id": ["scaling"],
        "client_secret": [SECRET],
    }


@pytest.mark.parametrize(
    "case",
    [(3600, 3300), (1000, 800), ("3600", 3300), (None, 240)],
    ids=["five minutes before", "a fifth before when short", "a number as text", "not said"],
)
def test_a_token_is_renewed_before_it_expires(server, tokens, grant, clock, case):
    life_s, good_for_s = case
    server.answers = [grant("one", expires_in=life_s), grant("two", expires_in=3600)]
    tokens.bearer()
    clock.now += good_for_s - 1
    assert tokens.bearer() == "one"
    clock.now += 1
    assert tokens.bearer() == "two"


def test_a_token_that_cannot_be_renewed_is_used_to_its_end(server, tokens, grant, clock, answer):
    server.answers = [grant("one", expires_in=3600), answer(503)]
    tokens.bearer()
    clock.now += 3400
    assert tokens.bearer() == "one"
    clock.now += 200
    with pytest.raises(ServiceUnavailable):
        tokens.bearer()


def test_threads_that_find_no_token_fetch_it_once(server, tokens, grant):
    server.answers = [grant("one", expires_in=3600), grant("two", expires_in=3600)]
    together = threading.Barrier(8)

    def ask(_: int) -> str:
        together.wait(5)
        return str(tokens.bearer())

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(ask, range(8))) == {"one"}
    assert len(server.asked) == 1


def test_threads_that_are_refused_together_renew_once(server, tokens, grant):
    server.answers = [grant("one", expires_in=3600), grant("two", expires_in=3600), grant("three", expires_in=3600)]
    refused = tokens.bearer()
    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(lambda _: tokens.renew(refused), range(8))) == {"two"}
    assert len(server.asked) == 2


def test_threads_that_waited_for_a_failure_share_it(server, tokens, answer):
    server.answers = [answer(503)]
    all_wait = threading.Event()
    server.before_answer = lambda: all_wait.wait(5) and None
    errors: list[ServiceError] = []

    def ask() -> None:
        try:
            tokens.bearer()
        except ServiceError as error:
            errors.append(error)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    threads[-1].join(0.2)  # the others stand at the lock by now; were one late, it would only ask again
    all_wait.set()
    for thread in threads:
        thread.join(5)
    assert [type(error) for error in errors] == [ServiceUnavailable] * 4
    assert len({id(error) for error in errors}) == 4
    assert len(server.asked) < 4


def test_a_failure_does_not_stay(server, tokens, grant, answer):
    server.answers = [answer(503), grant("one", expires_in=3600)]
    with pytest.raises(ServiceUnavailable):
        tokens.bearer()
    assert tokens.bearer() == "one"


def test_the_secret_is_not_sent_on_to_where_a_redirect_points(server, other_server, tokens, answer):
    server.answers = [answer(307, headers={"Location": f"{other_server.url}/token"})]
    with pytest.raises(ServiceRejected):
        tokens.bearer()
    assert other_server.asked == []


@pytest.mark.parametrize(
    "case",
    [
        (401, b'{"error": "invalid_client"}', ServiceRejected),
        (400, b'{"error": "invalid_scope", "error_description": "no"}', ServiceRejected),
        (200, b'{"token_type": "Bearer", "access_token_": "abc"}', ServiceUnavailable),
        (200, b'{"access_token": "abc", "expires_in": "later"}', ServiceUnavailable),
        (200, b"[]", ServiceUnavailable),
        (0, b"", ServiceUnavailable),
    ],
)
def test_no_secret_stands_in_an_error(server, tokens, answer, case):
    status, body, kind = case
    server.answers = [answer(status, body)]
    with pytest.raises(kind) as caught:
        tokens.bearer()
    told = f"{caught.value!r} {caught.value} {caught.value.__cause__!r} {tokens!r}"
    assert SECRET not in told
    assert "abc" not in told
    assert "scaling" in told


def test_a_netrc_or_a_proxy_of_the_machine_is_not_used(server, tokens, grant, monkeypatch, tmp_path):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login somebody password else\n")
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    server.answers = [grant("one", expires_in=3600)]
    assert tokens.bearer() == "one"
    assert "Authorization" not in server.asked[0].headers
