"""The map from foreign errors to ours: nothing falls through, and nothing secret comes along."""

import socket
import ssl
import traceback

import pytest
import requests
import urllib3
from box_sdk_gen import BoxAPIError, BoxSDKError
from box_sdk_gen.box.errors import RequestInfo, ResponseInfo

from clients.box.errors import NameTaken, ask, oauth_reason, translate
from domain.errors import (
    ContentScalingError,
    IntegrityError,
    NameRefused,
    NotFound,
    ServiceError,
    ServiceRejected,
    ServiceUnavailable,
    StorageFull,
)

ASSERTION = "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJib3gifQ.c2lnbmF0dXJl"


def answer(status, code=None, *, body=None, headers=None, context=None):
    request = RequestInfo(
        "POST",
        "https://box.example.com/oauth2/token",
        {},
        {"Authorization": "Bearer very-secret"},
        f"assertion={ASSERTION}&client_secret=very-secret",
    )
    response = ResponseInfo(status, headers or {}, body or {}, "", code, context, "req-1")
    return BoxAPIError(request, response, f"{status}")


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (400, "bad_digest", IntegrityError),
        (400, "item_name_invalid", NameRefused),
        (400, "item_name_too_long", NameRefused),
        (400, "bad_request", ServiceRejected),
        (401, None, ServiceRejected),
        (403, "access_denied_insufficient_permissions", ServiceRejected),
        (403, "insufficient_scope", ServiceRejected),
        (403, "storage_limit_exceeded", StorageFull),
        (403, "file_size_limit_exceeded", StorageFull),
        (404, "not_found", NotFound),
        (404, "trashed", NotFound),
        (410, None, NotFound),
        (409, "item_name_in_use", NameTaken),
        (409, "name_temporarily_reserved", ServiceUnavailable),
        (409, "operation_blocked_temporary", ServiceUnavailable),
        (409, "conflict", ServiceRejected),
        (411, "length_required", ServiceRejected),
        (412, "precondition_failed", ServiceRejected),
        (408, None, ServiceUnavailable),
        (429, "rate_limit_exceeded", ServiceUnavailable),
        (500, None, ServiceUnavailable),
        (503, "unavailable", ServiceUnavailable),
    ],
)
def test_an_answer_of_box_becomes_the_error_that_says_what_to_do(status, code, kind):
    error = translate(answer(status, code), "a.tif")
    assert type(error) is kind
    assert str(error).startswith("a.tif: ")


@pytest.mark.parametrize("status", range(300, 600))
def test_every_status_has_an_error(status):
    error = translate(answer(status), "a.tif")
    assert isinstance(error, ServiceError)
    assert error.status_code == status


@pytest.mark.parametrize(
    "error",
    [
        requests.exceptions.ConnectTimeout(),
        requests.exceptions.ReadTimeout(),
        requests.exceptions.ChunkedEncodingError(),
        requests.exceptions.ConnectionError(),
        requests.exceptions.ContentDecodingError(),
        requests.exceptions.TooManyRedirects(),
        requests.exceptions.InvalidJSONError(),
        requests.exceptions.SSLError("EOF occurred in violation of protocol"),
        urllib3.exceptions.ProtocolError(),
        urllib3.exceptions.ReadTimeoutError(None, "", ""),  # type: ignore[arg-type]
        ConnectionResetError(),
        TimeoutError(),
        socket.gaierror(),
        ssl.SSLError(),
        BoxSDKError("no cause"),
        BoxSDKError("with cause", error=requests.exceptions.ReadTimeout()),
        TypeError("missing id"),
        AttributeError("entries"),
        KeyError("entries"),
        ValueError("float"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_whatever_else_comes_up_can_be_tried_again(error):
    assert type(translate(error, "a.tif")) is ServiceUnavailable


@pytest.mark.parametrize(
    "error",
    [
        requests.exceptions.SSLError("[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed"),
        requests.exceptions.InvalidURL(),
        requests.exceptions.MissingSchema(),
    ],
)
def test_what_settings_have_to_mend_is_not_tried_again(error):
    assert type(translate(error, "a.tif")) is ServiceRejected


def test_conflicts_are_read_as_a_list_and_as_a_single_object():
    file = {"type": "file", "id": "7", "sha1": "00"}
    for conflicts in (file, [file]):
        error = translate(answer(409, "item_name_in_use", context={"conflicts": conflicts}), "a.tif")
        assert isinstance(error, NameTaken)
        assert error.conflicts == [file]
    bare: list[object] = [None, {}, {"conflicts": None}, {"conflicts": []}, []]
    for context in bare:
        error = translate(answer(409, "item_name_in_use", context=context), "a.tif")
        assert isinstance(error, NameTaken)
        assert error.conflicts == []


def test_a_wait_that_box_asks_for_is_passed_on():
    error = translate(answer(429, headers={"retry-after": "100"}), "a.tif")
    assert isinstance(error, ServiceUnavailable)
    assert error.retry_after_s == 100


def test_a_refused_sign_in_says_why():
    error = answer(400, body={"error": "invalid_grant", "error_description": "Please check the 'sub' claim."})
    assert oauth_reason(error) == ("invalid_grant", "Please check the 'sub' claim.")
    assert "Please check the 'sub' claim." in str(translate(error, "signing in to Box"))


def test_no_secret_is_in_the_text_or_in_the_traceback():
    leaky = answer(400, body={"message": f"bad assertion {ASSERTION} with Bearer very-secret"})

    def refuse():
        raise leaky

    with pytest.raises(ContentScalingError) as caught:
        ask("signing in", refuse)
    shown = "".join(traceback.format_exception(caught.value)) + repr(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None
    assert "very-secret" not in shown
    assert ASSERTION not in shown
    assert "***" in str(caught.value)


def test_an_error_of_ours_passes_through_unchanged():
    ours = NotFound("gone")

    def refuse():
        raise ours

    with pytest.raises(NotFound) as caught:
        ask("anything", refuse)
    assert caught.value is ours
