"""The one place where failures of the DAM, its token service and their gateways become the project's errors.

OpenText Media Management (REST v6) answers a broken business rule with a 500 that carries an `exception_body`: that
is final. A 500 without one comes from a server in trouble. Gateways answer with HTML pages, whatever was asked.
"""

import http.client
import re
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import requests
import urllib3

from clients.otmm.session import origin
from domain.errors import NotFound, ServiceError, ServiceRejected, ServiceUnavailable
from domain.masking import mask

SERVICE = "DAM"
FOREIGN = (requests.RequestException, urllib3.exceptions.HTTPError, http.client.HTTPException, OSError)
"""What a call through requests, or a read of its stream, may raise."""

_ASKS_TO_WAIT = {408, 425, 429, 502, 503, 504}
_NEVER_SENT = (
    requests.exceptions.InvalidURL,
    requests.exceptions.MissingSchema,
    requests.exceptions.InvalidSchema,
    requests.exceptions.InvalidHeader,
    requests.exceptions.URLRequired,
    requests.exceptions.TooManyRedirects,
    urllib3.exceptions.LocationValueError,
    urllib3.exceptions.URLSchemeUnknown,
)
_BAD_CREDENTIALS = {"invalid_client", "unauthorized_client", "invalid_grant"}
_HINTS = {
    401: ": check that the OAuth client is known to the DAM and mapped to one of its users",
    413: ": it is larger than the DAM, or a gateway before it, accepts",
}
_LONGEST_TEXT = 300
# Under TLS 1.3 a gateway refuses a client certificate after the handshake; its alert may be lost with the connection.
_HUNG_UP = "the DAM closed the connection without an answer, as a gateway may that misses a client certificate"


def as_service_error(failure: requests.Response | BaseException, what: str) -> ServiceError:
    """Return the project's error for an answer that is no use, or for an exception. `what` names what was asked for.

    Total: every answer and every exception has one.
    """
    if isinstance(failure, requests.Response):
        return _from_answer(failure, what)
    if isinstance(failure, ServiceError):
        return failure
    return _from_exception(failure, what)


def is_page(response: requests.Response) -> bool:
    """Tell whether an HTML page came instead of an answer. Content that is HTML comes with a Content-Disposition."""
    is_html = response.headers.get("Content-Type", "").lower().startswith("text/html")
    return is_html and "Content-Disposition" not in response.headers


def _from_answer(response: requests.Response, what: str) -> ServiceError:
    status, (code, text) = response.status_code, _words(response)
    said = f"{what}: the DAM answered {status}{f' ({text})' if text else ''}"
    final = code is not None
    if status in _ASKS_TO_WAIT or (status >= 500 and status not in (501, 505) and not final):
        return ServiceUnavailable(
            said, service=SERVICE, status_code=status, code=code, retry_after_s=_retry_after(response)
        )
    if status == 404 and not is_page(response):
        message = f"{what} is not in the DAM, or the service user may not see it"
        return NotFound(message, service=SERVICE, status_code=status, code=code)
    if 200 <= status < 300 and not is_page(response):
        return ServiceUnavailable(f"{said}, but the answer cannot be read", service=SERVICE, status_code=status)
    return ServiceRejected(f"{said}{_hint(response, code)}", service=SERVICE, status_code=status, code=code)


def _hint(response: requests.Response, code: str | None) -> str:
    """Return what a person can do about an answer that is final, or ''."""
    status = response.status_code
    if code in _BAD_CREDENTIALS:
        return ": check DAM_CLIENT_ID and DAM_CLIENT_SECRET"
    if status in _HINTS:
        return _HINTS[status]
    if 300 <= status < 400:
        target = origin(requests.compat.urljoin(response.url, response.headers.get("Location", "")))
        return f": a redirect to {target}, perhaps a login page; check DAM_BASE_URL and the sign-in of the service user"
    if is_page(response):
        return ", with a page in place of data: check DAM_BASE_URL, the client certificate and the gateway's allow-list"
    if status == 403:
        return ": check the rights of the service user"
    return ""


def _words(response: requests.Response) -> tuple[str | None, str]:
    """Return the vendor's code (None when the answer carries no error of the vendor) and its text for people."""
    try:
        body = response.content
    except FOREIGN:
        return None, ""
    if is_page(response):
        title = re.search(rb"<title[^>]*>([^<]{1,100})", body, re.IGNORECASE)
        return None, title[1].decode("utf-8", "replace").strip() if title else ""
    try:
        answer = response.json()
    except ValueError:
        return None, ""
    return _vendor_words(answer) if isinstance(answer, dict) else (None, "")


def _vendor_words(answer: dict[str, object]) -> tuple[str | None, str]:
    """Read an error body: `exception_body` of OTMM, `error` of RFC 6749, or `status` with `error` of OTDS."""
    body = answer.get("exception_body")
    if isinstance(body, dict):
        text = body.get("message") or body.get("debug_message") or ""
        return str(body.get("error_code") or body.get("http_response_code") or ""), mask(str(text))[:_LONGEST_TEXT]
    error = answer.get("error")
    if isinstance(error, str):
        text = answer.get("error_description") or error
        return str(answer.get("status") or error), mask(str(text))[:_LONGEST_TEXT]
    return None, ""


def _retry_after(response: requests.Response) -> float | None:
    """Return the seconds the answer asks to wait for; its header holds seconds or a date."""
    value = response.headers.get("Retry-After", "").strip()
    if value.isdecimal():
        return float(value)
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    return max(0.0, (moment - datetime.now(UTC)).total_seconds()) if moment.tzinfo else None


def _from_exception(error: BaseException, what: str) -> ServiceError:
    tls = next((cause for cause in _causes(error) if isinstance(cause, ssl.SSLError)), None)
    if tls is not None:
        return _from_tls(tls, what)
    if isinstance(error, _NEVER_SENT):
        return ServiceRejected(f"{what}: the request cannot be sent ({type(error).__name__})", service=SERVICE)
    if isinstance(error, requests.Timeout | urllib3.exceptions.TimeoutError | TimeoutError):
        return ServiceUnavailable(f"{what}: the DAM did not answer in time", service=SERVICE)
    if any(isinstance(cause, http.client.RemoteDisconnected) for cause in _causes(error)):
        return ServiceUnavailable(f"{what}: {_HUNG_UP}", service=SERVICE)
    return ServiceUnavailable(f"{what}: the connection to the DAM failed ({_reason(error)})", service=SERVICE)


def _from_tls(error: ssl.SSLError, what: str) -> ServiceError:
    """Tell apart whose certificate was refused; anything else is a connection that broke."""
    reason = str(getattr(error, "reason", None)).upper()  # not set on one that Python code raised
    if isinstance(error, ssl.SSLCertVerificationError):
        detail = getattr(error, "verify_message", "no reason given")
        text = f"the DAM's certificate is not trusted ({detail}): check DAM_CA_BUNDLE and the host name"
    elif "ALERT" in reason and "INTERNAL_ERROR" not in reason:
        text = (
            f"the DAM's gateway refused the TLS connection ({reason}): check the client certificate, DAM_MTLS_CERT_PATH"
        )
    elif reason in ("WRONG_VERSION_NUMBER", "HTTP_REQUEST"):
        text = "there is no TLS at this address: check the https:// in DAM_BASE_URL and its port"
    else:
        return ServiceUnavailable(f"{what}: {_HUNG_UP}", service=SERVICE)
    return ServiceRejected(f"{what}: {text}", service=SERVICE)


def _reason(error: BaseException) -> str:
    """Return the operating system's words for the failure, else the kind of error. Foreign messages may hold an URL."""
    said = (cause.strerror for cause in _causes(error) if isinstance(cause, OSError))
    return next((text for text in said if isinstance(text, str) and text), type(error).__name__)


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Yield the error and all it wraps; requests and urllib3 hide causes in args and in `reason`."""
    seen: set[int] = set()
    waiting: list[object] = [error]
    while waiting:
        item = waiting.pop(0)
        if isinstance(item, BaseException) and id(item) not in seen:
            seen.add(id(item))
            yield item
            waiting += [*item.args, getattr(item, "reason", None), item.__cause__, item.__context__]
