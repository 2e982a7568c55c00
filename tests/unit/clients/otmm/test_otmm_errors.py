"""Whatever goes wrong with the DAM becomes one of the project's errors."""

import http.client
import json
import ssl
from itertools import product

import pytest
import requests
import urllib3

from clients.otmm.errors import as_service_error
from domain.errors import NotFound, ServiceError, ServiceRejected, ServiceUnavailable

JSON = "application/json"
HTML = "text/html;charset=utf-8"
EXCEPTION_BODY = {
    "exception_body": {
        "http_response_code": 500,
        "message": "Cannot import asset.",
        "debug_message": "",
        "error_code": 1000,
    }
}
BODIES = [
    (JSON, b""),
    (JSON, b"not json"),
    (JSON, b"[]"),
    (JSON, b'{"exception_body": null}'),
    (JSON, json.dumps(EXCEPTION_BODY).encode()),
    (JSON, b'{"error": "invalid_client", "error_description": "Client authentication failed"}'),
    (JSON, b'{"status": 1034, "error": "Expired OTDS SSO ticket", "errorDetails": null}'),
    (HTML, b"<html><head><title>Sign in</title></head></html>"),
    (HTML, b"\xff\xfe"),
    ("", b"\x00"),
]


def answered(
    status: int, body: bytes = b"", content_type: str = JSON, *, location: str = "", retry_after: str = ""
) -> requests.Response:
    response = requests.Response()
    response.status_code = status
    response.url = "https://dam.example.com/otmmapi/v6/assets/1?ticket=TOP-SECRET"
    response._content = body
    response.headers.update({"Content-Type": content_type, "Location": location, "Retry-After": retry_after})
    return response


def subclasses(kind: type[BaseException]) -> set[type[BaseException]]:
    return {kind}.union(*(subclasses(child) for child in kind.__subclasses__()))


def exceptions() -> list[BaseException]:
    kinds = (
        subclasses(requests.RequestException)
        | subclasses(urllib3.exceptions.HTTPError)
        | subclasses(http.client.HTTPException)
        | {OSError, ConnectionResetError, TimeoutError, ssl.SSLError, ssl.SSLCertVerificationError, BrokenPipeError}
    )
    made = []
    for kind in sorted(kinds, key=lambda kind: kind.__qualname__):
        error = kind.__new__(kind)  # without its arguments: only the kind counts
        error.args = ()
        made.append(error)
    return made


@pytest.mark.parametrize("error", exceptions(), ids=lambda error: type(error).__name__)
def test_every_exception_of_the_libraries_below_has_an_error_of_ours(error: BaseException):
    ours = as_service_error(error, "asset 1")
    assert isinstance(ours, ServiceUnavailable | ServiceRejected)
    assert "asset 1" in str(ours)
    assert ours.service == "DAM"


@pytest.mark.parametrize("status", range(200, 600))
def test_every_answer_that_is_no_use_has_an_error_of_ours(status: int):
    for content_type, body in BODIES:
        ours = as_service_error(answered(status, body, content_type), "asset 1")
        assert isinstance(ours, ServiceUnavailable | ServiceRejected | NotFound), (status, body)
        assert "asset 1" in str(ours)
        assert (ours.service, ours.status_code) == ("DAM", status)


def test_a_500_with_an_exception_body_is_final():
    ours = as_service_error(answered(500, json.dumps(EXCEPTION_BODY).encode()), "asset 1")
    assert isinstance(ours, ServiceRejected)
    assert ours.code == "1000"
    assert "Cannot import asset." in str(ours)


@pytest.mark.parametrize(("content_type", "body"), [(JSON, b""), (JSON, b"{}"), (HTML, b"<title>Oops</title>")])
def test_a_500_without_one_may_pass(content_type: str, body: bytes):
    assert isinstance(as_service_error(answered(500, body, content_type), "asset 1"), ServiceUnavailable)


@pytest.mark.parametrize(("status", "with_body"), list(product((408, 425, 429, 502, 503, 504), (True, False))))
def test_a_server_that_asks_to_wait_is_unavailable(status: int, with_body: bool):
    body = json.dumps(EXCEPTION_BODY).encode() if with_body else b""
    ours = as_service_error(answered(status, body, retry_after="7"), "asset 1")
    assert isinstance(ours, ServiceUnavailable)
    assert ours.retry_after_s == 7


@pytest.mark.parametrize(
    ("value", "expected"),
    [("Mon, 01 Jan 2001 00:00:00 GMT", 0.0), ("soon", None), ("", None), ("-5", None), ("Mon, 99 Jan 2001", None)],
)
def test_a_retry_after_that_is_past_or_makes_no_sense_does_no_harm(value: str, expected: float | None):
    ours = as_service_error(answered(503, retry_after=value), "asset 1")
    assert isinstance(ours, ServiceUnavailable)
    assert ours.retry_after_s == expected


def test_a_404_of_the_dam_is_not_found():
    body = b'{"exception_body": {"http_response_code": 404, "message": "gone"}}'
    assert isinstance(as_service_error(answered(404, body), "asset 1"), NotFound)
    assert isinstance(as_service_error(answered(404), "asset 1"), NotFound)


def test_a_404_page_of_a_gateway_is_not_taken_for_an_asset_that_is_gone():
    ours = as_service_error(answered(404, b"<title>404 Not Found</title>", HTML), "asset 1")
    assert isinstance(ours, ServiceRejected)
    assert "DAM_BASE_URL" in str(ours)


def test_wrong_credentials_name_the_settings():
    body = b'{"error": "invalid_client", "error_description": "Client authentication failed"}'
    for status in (400, 401):
        ours = as_service_error(answered(status, body), "access token for client x")
        assert isinstance(ours, ServiceRejected)
        assert ours.code == "invalid_client"
        assert "DAM_CLIENT_SECRET" in str(ours)


def test_a_redirect_is_told_without_what_it_carries():
    ours = as_service_error(answered(302, location="https://sso.example.com/login?ticket=TOP-SECRET"), "asset 1")
    assert isinstance(ours, ServiceRejected)
    assert "https://sso.example.com" in str(ours)
    assert "TOP-SECRET" not in str(ours)


def test_a_long_text_of_the_dam_is_cut():
    body = json.dumps({"exception_body": {"message": "x" * 10_000}}).encode()
    assert len(str(as_service_error(answered(500, body), "asset 1"))) < 500


def test_an_error_of_ours_stays_as_it_is():
    ours = NotFound("gone")
    assert as_service_error(ours, "asset 1") is ours


@pytest.mark.parametrize(
    ("reason", "kind"),
    [
        ("TLSV13_ALERT_CERTIFICATE_REQUIRED", ServiceRejected),
        ("SSLV3_ALERT_BAD_CERTIFICATE", ServiceRejected),
        ("TLSV1_ALERT_UNKNOWN_CA", ServiceRejected),
        ("TLSV1_ALERT_INTERNAL_ERROR", ServiceUnavailable),
        ("WRONG_VERSION_NUMBER", ServiceRejected),
        ("UNEXPECTED_EOF_WHILE_READING", ServiceUnavailable),
    ],
)
def test_a_tls_alert_is_found_however_deep_it_is_wrapped(reason: str, kind: type[ServiceError]):
    alert = ssl.SSLError(1, reason)
    alert.reason = reason
    wrapped = requests.exceptions.ConnectionError(urllib3.exceptions.ProtocolError("Connection aborted.", alert))
    assert type(as_service_error(wrapped, "asset 1")) is kind
