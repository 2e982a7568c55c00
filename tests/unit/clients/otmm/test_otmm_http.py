"""Calls to the DAM: sign-in, repeats, redirects and what reaches the wire."""

import json
import threading

import pytest
import requests

from clients.otmm import OtdsTokens
from clients.otmm.http import LONGEST_WAIT_S, WAITS_S, Call, DamHttp, api_root, json_param
from clients.otmm.session import Connection, SharedCookies
from domain.errors import ConfigError, NotFound, ServiceRejected, ServiceUnavailable

READ = Call("GET", "/folders/rootfolders", "list of root folders")
EDIT = Call("PATCH", "/folders/1", "campaign 1", body={"x": 1})
PAGE = {"Content-Type": "text/html"}


@pytest.fixture
def waits() -> list[float]:
    return []


@pytest.fixture
def http(server, waits) -> DamHttp:
    return DamHttp(f"{server.url}/otmmapi", tokens=None, connection=Connection(timeouts=(5, 5)), sleep=waits.append)


@pytest.fixture
def signed_in(server, other_server, answer) -> DamHttp:
    """The DAM at `server`, its token service at `other_server`, which gives token-1 and then token-2."""
    other_server.answers = [
        answer(body=json.dumps({"access_token": f"token-{number}", "expires_in": 3600}).encode()) for number in (1, 2)
    ]
    tokens = OtdsTokens(f"{other_server.url}/otdsws/oauth2/token", "scaling", "secret")
    return DamHttp(f"{server.url}/otmmapi", tokens=tokens, sleep=lambda _: None)


@pytest.mark.parametrize("ending", ["", "/", "/v6", "/v6/"])
def test_the_base_url_may_end_in_a_slash_or_the_version(ending):
    assert api_root(f"https://dam.example.com/otmmapi{ending}") == "https://dam.example.com/otmmapi/v6"


def test_a_base_url_without_a_scheme_is_refused():
    with pytest.raises(ConfigError, match="DAM_BASE_URL"):
        api_root("dam.example.com/otmmapi")


def test_complex_arguments_are_percent_encoded(server, http):
    params = {"data_load_request": json_param({"a": ["b c"]}), "sort": "asc_NAME"}
    http.read(Call("GET", "/assets/1", "asset 1", params=params))
    target = server.asked[0].path
    assert target.startswith("/otmmapi/v6/assets/1?data_load_request=%7B%22a%22%3A%5B%22b+c%22%5D%7D")
    assert not set('{}[]|"') & set(target)


@pytest.mark.parametrize("status", [500, 502, 503, 504, 429, 0])
def test_a_read_is_repeated_while_the_dam_is_unavailable(server, http, waits, answer, status):
    server.answers = [answer(status, b""), answer(status, b""), answer(body=b'{"ok": 1}')]
    assert http.read(READ) == {"ok": 1}
    assert waits == list(WAITS_S)


def test_a_read_is_given_up_after_three_tries(server, http, answer):
    server.answers = [answer(503)]
    with pytest.raises(ServiceUnavailable):
        http.read(READ)
    assert len(server.asked) == 3


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 302])
def test_an_answer_that_is_final_is_not_asked_for_again(server, http, answer, status):
    server.answers = [answer(status)]
    with pytest.raises((ServiceRejected, NotFound)):
        http.read(READ)
    assert len(server.asked) == 1


def test_a_500_with_an_exception_body_is_not_repeated(server, http, answer):
    server.answers = [answer(500, b'{"exception_body": {"message": "no", "error_code": 7}}')]
    with pytest.raises(ServiceRejected):
        http.read(READ)
    assert len(server.asked) == 1


def test_the_dam_is_given_the_time_it_asks_for(server, http, waits, answer):
    server.answers = [answer(503, headers={"Retry-After": "3"}), answer()]
    http.read(READ)
    assert waits == [3]


def test_a_long_wait_is_left_to_the_caller(server, http, waits, answer):
    server.answers = [answer(503, headers={"Retry-After": str(LONGEST_WAIT_S + 1)}), answer()]
    server.answers[0].headers["Retry-After"] = "6"
    with pytest.raises(ServiceUnavailable) as caught:
        http.read(READ)
    assert caught.value.retry_after_s == 6
    assert waits == []


@pytest.mark.parametrize("status", [503, 500, 0])
def test_an_edit_is_never_repeated_on_its_own(server, http, answer, status):
    server.answers = [answer(status, b""), answer()]
    with pytest.raises(ServiceUnavailable):
        http.change(EDIT)
    assert len(server.asked) == 1


def test_an_answer_that_does_not_come_is_a_failure(server, waits):
    go_on = threading.Event()
    server.before_answer = lambda: go_on.wait(5) and None
    http = DamHttp(f"{server.url}/otmmapi", tokens=None, connection=Connection(timeouts=(5, 0.05)), sleep=waits.append)
    with pytest.raises(ServiceUnavailable, match="did not answer in time"):
        http.change(EDIT)
    go_on.set()


def test_a_dam_that_cannot_be_reached_is_said(server, waits):
    server.stop()
    http = DamHttp(f"{server.url}/otmmapi", tokens=None, sleep=waits.append)
    with pytest.raises(ServiceUnavailable, match=r"list of root folders: .*Connection refused"):
        http.read(READ)
    assert waits == list(WAITS_S)


@pytest.mark.parametrize("body", [b"", b"not json", b"[]", b'"text"'])
def test_an_answer_that_cannot_be_read_is_no_answer(server, http, answer, body):
    server.answers = [answer(body=body)]
    with pytest.raises(ServiceUnavailable, match="cannot be read"):
        http.read(READ)


def test_a_page_is_no_answer(server, http, answer):
    server.answers = [answer(200, b"<html><title>Maintenance</title></html>", PAGE)]
    for call in (lambda: http.read(READ), lambda: http.change(EDIT), lambda: http.open(READ)):
        with pytest.raises(ServiceRejected, match="Maintenance"):
            call()


def test_a_redirected_edit_is_not_a_success(server, http, answer):
    server.answers = [answer(302, headers={"Location": f"{server.url}/login"}), answer()]
    with pytest.raises(ServiceRejected, match="redirect"):
        http.change(EDIT)
    assert len(server.asked) == 1


@pytest.mark.parametrize(
    "case",
    [(401, {}, b""), (302, {"Location": "/login"}, b""), (200, PAGE, b"<title>Sign in</title>")],
    ids=["401", "redirect to a login page", "login page"],
)
@pytest.mark.parametrize("do", [lambda http: http.read(READ), lambda http: http.change(EDIT)], ids=["read", "edit"])
def test_a_token_that_has_ended_is_renewed_once(server, signed_in, answer, case, do):
    status, headers, body = case
    server.answers = [answer(status, body, headers), answer()]
    do(signed_in)
    assert [asked.headers["Authorization"] for asked in server.asked] == ["Bearer token-1", "Bearer token-2"]


def test_a_user_who_is_refused_again_is_refused(server, signed_in, answer):
    server.answers = [answer(401)]
    with pytest.raises(ServiceRejected, match="401"):
        signed_in.read(READ)
    assert len(server.asked) == 2


def test_a_session_cookie_goes_with_the_token_it_came_with(server, signed_in, answer):
    cookie = {"Set-Cookie": "JSESSIONID=old; Path=/", "Content-Type": "application/json"}
    server.answers = [answer(headers=cookie), answer(401), answer()]
    signed_in.read(READ)
    signed_in.read(READ)
    assert ["Cookie" in asked.headers for asked in server.asked] == [False, True, False]


def test_cookies_may_come_while_another_thread_reads_them():
    jar = SharedCookies()
    jar.set("one", "1", domain="dam.example.com")
    cookies = iter(jar)
    jar.set("two", "2", domain="other.example.com")
    jar.set("three", "3", domain="dam.example.com", path="/otmmapi")
    assert [cookie.name for cookie in cookies] == ["one"]


def test_the_token_stays_with_the_dam_when_content_lies_elsewhere(server, signed_in, other_server, answer):
    server.answers = [answer(302, headers={"Location": f"{other_server.url}/bucket?signature=x"})]
    with signed_in.open(Call("GET", "/assets/1/contents", "content", stream=True)):
        pass
    assert server.asked[0].headers["Authorization"] == "Bearer token-1"
    assert other_server.asked[-1].path == "/bucket?signature=x"
    assert "Authorization" not in other_server.asked[-1].headers


def test_endless_redirects_end(server, http, answer):
    server.answers = [answer(302, headers={"Location": "/round"})]
    with pytest.raises(ServiceRejected, match="TooManyRedirects"):
        http.open(Call("GET", "/assets/1/contents", "content", stream=True))


def test_a_netrc_of_the_machine_does_not_replace_the_token(server, signed_in, monkeypatch, tmp_path):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login somebody password else\n")
    monkeypatch.setenv("NETRC", str(netrc))
    assert "somebody" in str(requests.utils.get_netrc_auth(server.url))
    signed_in.read(READ)
    assert server.asked[0].headers["Authorization"] == "Bearer token-1"


def test_a_gateway_that_wants_x_requested_by_gets_it(server):
    DamHttp(server.url, tokens=None, requested_by="content-scaling").change(EDIT)
    assert server.asked[0].headers["X-Requested-By"] == "content-scaling"
    assert server.asked[0].path == "/v6/folders/1"


def test_a_missing_ca_bundle_is_a_fault_of_the_settings(tmp_path):
    for content in (None, "no certificate"):
        bundle = tmp_path / "ca.pem"
        if content is not None:
            bundle.write_text(content)
        with pytest.raises(ConfigError, match="DAM_CA_BUNDLE"):
            DamHttp("https://dam.example.com/otmmapi", tokens=None, connection=Connection(ca_bundle=bundle))
