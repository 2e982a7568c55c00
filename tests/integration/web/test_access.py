"""Who may see the status pages, over real HTTP."""

import logging
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection

import pytest
from pydantic import SecretStr

from blocks.settings import Settings
from entrypoints.web.access import COOKIE, SIGNED_IN_FOR, Access
from entrypoints.web.serving import open_pages, page_access

TOKEN = "canary-of-the-status-pages"
GUARDED = {"token": SecretStr(TOKEN), "on_loopback": False}
HEADER = "X-Forwarded-User"
PATHS = ("/", "/campaigns/C000000078", "/assets/aB3xY9", "/search?q=RAF", "/names")


@pytest.mark.parametrize("path", PATHS)
def test_without_a_token_nothing_is_shown(site, path):
    answer = site(**GUARDED).get(path)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert "Spring" not in answer.text and "aB3xY9.png" not in answer.text
    assert '<label for="token">' in answer.text


def test_the_token_opens_the_pages_as_a_bearer(site):
    made = site(**GUARDED)
    assert made.get("/", Authorization=f"Bearer {TOKEN}").status_code == 200
    assert made.get("/", Authorization=f"bearer  {TOKEN} ").status_code == 200
    for wrong in (f"Bearer {TOKEN}x", "Bearer ", f"Basic {TOKEN}", TOKEN, "Bearer \xff"):
        assert made.get("/", Authorization=wrong).status_code == 401
    assert made.get(f"/?token={TOKEN}").status_code == 401


def cookie_of(answer):
    """The cookie that is set, and what is said of it."""
    value, *about = answer.headers["set-cookie"].split("; ")
    return value.partition("=")[2], {each.lower() for each in about}


def test_the_form_signs_in_once_and_leads_on(site):
    made = site(**GUARDED)
    answer = made.ask("POST", "/sign-in", data={"token": f" {TOKEN} ", "next": "/assets/aB3xY9"})
    value, about = cookie_of(answer)
    assert (answer.status_code, answer.headers["location"]) == (303, "/assets/aB3xY9")
    assert {"httponly", "samesite=strict", "path=/", f"max-age={12 * 3600}"} <= about
    assert "secure" not in about and TOKEN not in value
    assert made.get("/", Cookie=f"{COOKIE}={value}").status_code == 200
    assert "Sign out" in made.get("/", Cookie=f"{COOKIE}={value}").text


def test_an_address_with_the_token_signs_in_and_takes_it_out_of_sight(site):
    made = site(**GUARDED)
    answer = made.get(f"/sign-in?token={TOKEN}&next=/names")
    assert (answer.status_code, answer.headers["location"]) == (303, "/names")
    assert made.get("/", Cookie=f"{COOKIE}={cookie_of(answer)[0]}").status_code == 200


def test_behind_tls_the_cookie_never_goes_out_in_clear(site):
    made = site(**GUARDED)
    answer = made.ask("POST", "/sign-in", {"X-Forwarded-Proto": "https"}, data={"token": TOKEN})
    assert "secure" in cookie_of(answer)[1]


def test_a_wrong_token_is_told_and_sets_nothing(site):
    answer = site(**GUARDED).ask("POST", "/sign-in", data={"token": "wrong" * 4, "next": "/names"})
    assert answer.status_code == 401
    assert "That is not the token." in answer.text and 'value="/names"' in answer.text
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize(
    "target", ["https://example.com", "//example.com", "/\\example.com", "/a\r\nX: y", "/sign-out"]
)
def test_signing_in_leads_to_nobody_else(site, target):
    answer = site(**GUARDED).ask("POST", "/sign-in", data={"token": TOKEN, "next": target})
    assert answer.headers["location"] == "/"


def test_signing_out_takes_the_cookie_back(site):
    answer = site(**GUARDED).ask("POST", "/sign-out")
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")
    assert "max-age=0" in cookie_of(answer)[1]
    assert site(**GUARDED).get("/sign-in").status_code == 200


def test_a_cookie_is_worth_nothing_when_it_is_old_changed_or_of_another_token(site):
    made, access = site(**GUARDED), Access(token=SecretStr(TOKEN))
    now = datetime.now(UTC)
    good, old = access.cookie(now), access.cookie(now - SIGNED_IN_FOR - timedelta(seconds=1))
    until, _, signature = good.partition(".")
    other = Access(token=SecretStr(TOKEN + "x")).cookie(now)
    assert made.get("/", Cookie=f"{COOKIE}={good}").status_code == 200
    for bad in (old, f"{int(until) + 9}.{signature}", f"{until}.", "x.y", "", other, TOKEN):
        assert made.get("/", Cookie=f"{COOKIE}={bad}").status_code == 401


def test_a_body_that_is_too_large_signs_nobody_in(site):
    assert site(**GUARDED).ask("POST", "/sign-in", data=b"x" * 300_000).status_code == 413


def test_the_user_that_the_proxy_names_is_let_in(site):
    made = site(user_header=HEADER, on_loopback=False)
    answer = made.get("/", **{HEADER: "me@example.com", "X-Forwarded-For": "192.0.2.7"})
    assert answer.status_code == 200
    assert "Seen as me@example.com." in answer.text
    assert made.get("/").status_code == 403
    assert made.get("/", **{HEADER: ""}).status_code == 403
    assert made.get("/sign-in").status_code == 404


def test_a_user_that_somebody_else_names_is_not(site):
    made = site(user_header=HEADER, proxy="192.0.2.9", on_loopback=False)
    forged = {HEADER: "me@example.com", "X-Forwarded-For": "192.0.2.9"}
    assert made.get("/", **forged).status_code == 403
    assert site(user_header=HEADER, proxy="*", on_loopback=False).get("/", **forged).status_code == 403


def test_two_users_in_one_request_are_none(site):
    made = site(user_header=HEADER, on_loopback=False)
    connection = HTTPConnection(made.url.removeprefix("http://"), timeout=20)
    connection.putrequest("GET", "/")
    for name in ("forged", "me"):
        connection.putheader(HEADER, name)
    connection.endheaders()
    assert connection.getresponse().status == 403
    connection.close()


def test_either_way_in_is_enough(site):
    made = site(user_header=HEADER, **GUARDED)
    assert made.get("/", **{HEADER: "me"}).status_code == 200
    assert made.get("/", Authorization=f"Bearer {TOKEN}").status_code == 200
    assert made.get("/").status_code == 401


def test_without_a_way_in_only_this_machine_sees_them(site, caplog):
    made = site()
    assert made.get("/").status_code == 200
    assert made.get("/", Host="localhost:8440").status_code == 200
    strangers = (
        {"X-Forwarded-For": "192.0.2.7"},
        {"X-Forwarded-For": "127.0.0.1"},
        {"Forwarded": "for=192.0.2.7"},
        {"Via": "1.1 proxy"},
        {"X-Real-IP": "192.0.2.7"},
        {"Host": "hooks.example.com"},
        {"Host": "[::1"},
    )
    for headers in strangers:
        answer = made.get("/", **headers)
        assert (answer.status_code, answer.json()) == (404, {"detail": "Not Found"}), headers
    assert "neither PAGES_TOKEN nor PAGES_USER_HEADER is set" in caplog.text
    assert site(on_loopback=False).get("/").status_code == 404


def test_names_may_be_open_to_everybody_and_show_nothing_else(site):
    made = site(names_open=True, **GUARDED)
    answer = made.get("/names?names=x.mp4&campaign=C000000078")
    assert answer.status_code == 200
    assert "refused" in answer.text
    for hidden in ("aB3xY9", 'href="/"', 'action="/search"'):
        assert hidden not in answer.text
    assert made.get("/").status_code == 401
    assert site(names_open=True, on_loopback=False).get("/names").status_code == 200


def test_where_nobody_may_see_them_there_are_none():
    settings = Settings(_env_file=None)
    access = page_access(settings, host="0.0.0.0", proxy="127.0.0.1")
    with open_pages(settings, access, "") as found:
        assert found is None


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        ({}, "Status pages are off: neither PAGES_TOKEN nor PAGES_USER_HEADER is set, and others than this machine can "
             "come here"),
        ({"names_open": True}, "come here; /names is open to everybody"),
        ({"on_loopback": True}, "for this machine only, as neither PAGES_TOKEN nor PAGES_USER_HEADER is set; "
                                "let a proxy on this machine pass on /webhooks/box alone"),
        (GUARDED, "Status pages at http://h:1/"),
    ],
)  # fmt: skip
def test_it_is_said_who_may_see_them(rules, said):
    text = Access(**rules).about("http://h:1")
    assert text.endswith(said) and TOKEN not in text


def test_no_log_holds_the_token(site, caplog):
    caplog.set_level(logging.DEBUG)
    made = site(**GUARDED)
    value, _ = cookie_of(made.get(f"/sign-in?token={TOKEN}"))
    made.get("/", Authorization=f"Bearer {TOKEN}")
    made.get(f"/?token={TOKEN}")
    made.ask("POST", "/sign-in", data={"token": TOKEN})
    made.ask("POST", "/sign-in", data={"token": "wrong" + TOKEN[:20]})
    ours = [record.getMessage() for record in caplog.records if not record.name.startswith("urllib3")]
    assert "refused a sign-in from 127.0.0.1: not the token" in ours
    for message in ours:
        assert TOKEN[:20] not in message and value not in message
    assert TOKEN not in repr(Access(token=SecretStr(TOKEN)))
