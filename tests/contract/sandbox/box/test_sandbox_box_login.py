"""How the simulated Box lets clients in: assertions, tokens, scopes and the limiter."""

import time
import uuid

import jwt
import pytest
import requests
from box_sdk_gen import BoxAPIError, BoxCCGAuth, BoxClient, CCGConfig
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from sandbox.box.tokens import AUDIENCE


@pytest.fixture
def ask(box):
    """Asks for a token with an assertion of our own making."""
    passphrase = box.certificates.jwt_key_passphrase.encode()
    key = load_pem_private_key(box.certificates.jwt_key.read_bytes(), passphrase)
    assert isinstance(key, RSAPrivateKey)
    app = box.state.app

    def ask(**changes) -> requests.Response:
        claims = {
            "iss": app.client_id,
            "sub": app.enterprise_id,
            "box_sub_type": "enterprise",
            "aud": AUDIENCE,
            "jti": str(uuid.uuid4()),
            "exp": int(time.time()) + 30,
        }
        assertion = jwt.encode({**claims, **changes}, key, "RS256", {"kid": app.public_key_id})
        form = {
            "grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer",
            "client_id": app.client_id,
            "client_secret": app.client_secret,
            "assertion": assertion,
        }
        return requests.post(f"{box.url}/oauth2/token", data=form, timeout=10)

    return ask


def test_the_sdk_logs_in_with_the_apps_settings_file(box):
    me = box.client.users.get_user_me()

    assert (me.id, me.login) == (box.user_id, "service@example.com")
    assert me.max_upload_size == box.state.settings.max_upload_bytes
    assert box.state.tokens.requests == 1


def test_client_credentials_are_taken_too(box):
    app = box.state.app
    config = CCGConfig(app.client_id, app.client_secret, enterprise_id=app.enterprise_id)
    client = BoxClient(auth=BoxCCGAuth(config), network_session=box.client.network_session)

    assert client.users.get_user_me().id == box.user_id


@pytest.mark.parametrize(
    ("changes", "claim"),
    [
        ({"exp": int(time.time()) - 1}, "exp"),
        ({"exp": int(time.time()) + 3600}, "exp"),
        ({"aud": "http://127.0.0.1/oauth2/token"}, "aud"),
        ({"iss": "somebody"}, "iss"),
        ({"sub": "99999"}, "sub"),
        ({"jti": "short"}, "jti"),
    ],
)
def test_an_assertion_with_a_wrong_claim_is_refused_by_the_name_of_the_claim(ask, changes, claim):
    answer = ask(**changes)

    assert answer.status_code == 400
    assert answer.json()["error"] == "invalid_grant"
    assert f"'{claim}' claim" in answer.json()["error_description"]


def test_an_assertion_is_good_for_one_token_only(ask):
    first, second = (ask(jti="0123456789abcdef") for _ in range(2))

    assert first.status_code == 200
    assert second.status_code == 400
    expected = "Please check the 'jti' claim. A unique 'jti' value is required."
    assert second.json() == {"error": "invalid_grant", "error_description": expected}


def test_an_assertion_signed_by_another_key_is_refused(box):
    other = jwt.encode({"exp": 1}, "x" * 32, "HS256", {"kid": box.state.app.public_key_id})
    form = {"grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer", "assertion": other}
    form |= {"client_id": box.state.app.client_id, "client_secret": box.state.app.client_secret}

    answer = requests.post(f"{box.url}/oauth2/token", data=form, timeout=10)

    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")


def test_a_wrong_client_secret_is_refused(box):
    answer = requests.post(f"{box.url}/oauth2/token", data={"client_id": "x", "client_secret": "y"}, timeout=10)

    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_client")


@pytest.mark.parametrize("has_body", [True, False])
def test_tokens_end_after_their_time(box, has_body):
    box.state.settings.unauthorized_has_body = has_body
    box.clock.ahead_s = 3601

    answer = box.api("GET", "users/me")

    assert answer.status_code == 401
    assert "invalid_token" in answer.headers["WWW-Authenticate"]
    assert bool(answer.content) == has_body


def test_a_test_can_end_every_token_and_the_next_login_works(box, new_client):
    box.state.expire_tokens()

    assert box.api("GET", "users/me").status_code == 401
    assert new_client(box.state, box.url).users.get_user_me().id == box.user_id


def test_a_token_that_was_revoked_is_refused(box):
    token = box.http.headers["Authorization"].split()[1]
    requests.post(f"{box.url}/oauth2/revoke", data={"token": token}, timeout=10)

    assert box.api("GET", "users/me").status_code == 401


def test_an_app_without_the_scope_for_webhooks_is_refused(box):
    box.state.scopes.discard("manage_webhook")

    with pytest.raises(BoxAPIError) as refusal:
        box.client.webhooks.get_webhooks()

    assert refusal.value.response_info.status_code == 403
    assert refusal.value.response_info.code == "insufficient_scope"


def test_a_user_who_calls_too_often_is_told_to_wait_until_a_minute_has_passed(box):
    box.state.settings.calls_per_minute = 3

    statuses = [box.api("GET", "users/me").status_code for _ in range(4)]
    refused = box.api("GET", "users/me")
    box.clock.ahead_s = 61

    assert statuses == [200, 200, 200, 429]
    assert (refused.json()["code"], refused.headers["Retry-After"]) == ("rate_limit_exceeded", "100")
    assert box.state.limiter.refused == 2
    assert box.api("GET", "users/me").status_code == 200


def test_uploads_have_a_limit_of_their_own(box):
    box.state.settings.uploads_per_minute = 1
    form = {"attributes": (None, '{"name": "a.txt", "parent": {"id": "0"}}'), "file": ("a.txt", b"a")}

    assert box.upload("POST", "files/content", files=form).status_code == 201
    assert box.upload("POST", "files/content", files=form).status_code == 429
    assert box.api("GET", "users/me").status_code == 200


def test_logging_in_counts_as_no_change(box):
    box.api("GET", "users/me")

    assert [seen.path for seen in box.faults.writes()] == []
    assert "/oauth2/token" in [seen.path for seen in box.faults.requests]
