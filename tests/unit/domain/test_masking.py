"""Secrets are struck out of every text, in whatever form they stand there."""

import base64
import html
import json
from urllib.parse import quote, quote_plus, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import masking
from domain.errors import ConfigError, ServiceRejected
from domain.masking import MASK, SHORTEST, Secrets, mask, remember, remember_address, remember_named

SECRET = "p@ss wörd/\"q'\\+=&<x>"
KEY = "-----BEGIN ENCRYPTED PRIVATE KEY-----\nMIIFHDBOBgkqhkiG9w0BBQ0w\nQTApBgkqhkiG9w0BBQwwHAQI\n-----END\n"


@pytest.mark.parametrize(
    "shown",
    [
        SECRET,
        quote(SECRET),
        quote(SECRET, safe=""),
        quote_plus(SECRET),
        urlencode({"client_secret": SECRET, "grant_type": "x"}),
        json.dumps({"key": SECRET}),
        json.dumps({"key": SECRET}, ensure_ascii=False),
        repr({"key": SECRET}),
        html.escape(SECRET),
        f"connection to {SECRET} refused, {SECRET}",
    ],
)
def test_a_secret_is_struck_out_in_every_form(shown: str):
    remember(SECRET)
    masked = mask(shown)
    assert MASK in masked
    for part in ("p@ss", "p%40ss", "w\\u00f6rd", "wörd", "q"):
        assert part not in masked.replace("refused", "").replace("grant_type", "")


@given(st.binary(max_size=9), st.text(min_size=SHORTEST, max_size=40), st.binary(max_size=9))
def test_a_secret_is_struck_out_of_base64_wherever_it_stands(before: bytes, secret: str, after: bytes):
    secrets = Secrets()
    secrets.remember(secret)
    shown = base64.b64encode(before + secret.encode() + after).decode()
    masked = secrets.mask(f"x {shown}")
    assert MASK in masked
    for urlsafe in (shown.replace("+", "-").replace("/", "_"),):
        assert MASK in secrets.mask(urlsafe)
    # What is left are the ends, which hold bits of other bytes too.
    assert len(masked) < len(shown) - (len(secret.encode()) * 8 // 6 - 6) + len("x ***") + 3


def test_a_key_of_many_lines_is_struck_out_on_one_line_too():
    remember(KEY)
    for shown in (KEY, " ".join(KEY.split()), json.dumps(KEY), KEY.splitlines()[1]):
        assert not {"MIIFHDBOBgkqhkiG9w0BBQ0w", "QTApBgkqhkiG9w0BBQwwHAQI"} & set(mask(shown).split())
        assert "MIIF" not in mask(shown)
    assert mask("-----END") == "-----END"


def test_of_two_secrets_the_longer_one_is_struck_out_whole():
    remember("secret-0123")
    remember("secret-0123-and-more")
    assert mask("secret-0123-and-more, secret-0123") == f"{MASK}, {MASK}"


def test_what_is_too_short_is_left_as_it_would_garble_every_text():
    remember("campaig", "", None)
    assert mask("the campaign") == "the campaign"


@pytest.mark.parametrize(
    ("address", "secret"),
    [
        ("postgresql://user:pass%2Fword+1@db.example.com/x?application_name=content-scaling", "pass/word+1"),
        ("host=db.example.com user=u password=password-1 dbname=x", "password-1"),
        ("host=db.example.com password='pass word-1' dbname=x", "pass word-1"),
        ("https://hooks.example.com/in?token=0123456789&version=2026-01-01", "0123456789"),
        ("https://hooks.example.com/in?sig=0123456789", "0123456789"),
        ("https://api.example.com/?code=0123456789", "0123456789"),
    ],
)
def test_secrets_in_addresses_are_known_and_the_rest_of_an_address_is_shown(address: str, secret: str):
    remember_address(address)
    assert mask(f"x {secret}") == f"x {MASK}"
    assert secret not in mask(address)
    for shown in ("content-scaling", "example.com", "2026-01-01", "application_name"):
        assert mask(shown) == shown


def test_an_address_that_is_none_holds_nothing():
    for address in (None, "", "http://[", "sqlite:///x"):
        remember_address(address)
    assert mask("http://[ sqlite:///x") == "http://[ sqlite:///x"


def test_values_are_secrets_by_their_names():
    for name in ("X-Api-Key", "Authorization", "x-functions-key", "X-Signature"):
        remember_named(name, f"value of {name}")
    remember_named("Content-Type", "application/json")
    assert mask("value of X-Api-Key, value of x-functions-key") == f"{MASK}, {MASK}"
    assert mask("application/json") == "application/json"


def test_a_sign_in_that_nobody_has_remembered_is_struck_out_too():
    assert mask("{'Authorization': 'Basic dXNlcjpwYXNzd29yZA=='}") == f"{{'Authorization': 'Basic {MASK}'}}"
    token = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJlMjI3YWY2NCJ9.c2lnbmF0dXJl"
    assert mask(f"assertion={token}&x") == f"assertion={MASK}&x"
    assert mask("Basic sign-in, Bearer of news") == "Basic sign-in, Bearer of news"


def test_errors_of_ours_hold_no_secret():
    remember("secret-0123")
    assert str(ServiceRejected("answered: secret-0123", service="DAM")) == f"answered: {MASK}"
    assert "secret-0123" not in str(ConfigError(["DAM_BASE_URL: secret-0123"]))
    assert "secret-0123" not in repr(ServiceRejected("answered: secret-0123"))


def test_each_test_starts_without_any_secret():
    assert masking._known._forms == ()
