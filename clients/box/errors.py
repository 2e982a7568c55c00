"""What goes wrong with Box, told in the project's errors: the one place where foreign errors are mapped.

Two dangers shape it. The SDK's own error text prints the signed sign-in request, and an error that is raised while
another is handled drags that one into every traceback: so messages are made of selected fields only, and are raised
after the foreign error has been let go.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

import requests
import urllib3
from box_sdk_gen import BoxAPIError, BoxSDKError

from clients.box.retry_after import retry_after_s
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
from domain.masking import mask

Answer = TypeVar("Answer")

FOREIGN = (BoxSDKError, requests.RequestException, urllib3.exceptions.HTTPError, OSError)
"""What a request can raise; the SDK lets connection errors through once an answer has begun."""
BUSY_CODES = frozenset({"name_temporarily_reserved", "operation_blocked_temporary"})
"""Refusals that only mean "not now": nothing was done."""
_FULL_CODES = frozenset({"storage_limit_exceeded", "file_size_limit_exceeded"})
_NAME_CODES = frozenset({"item_name_invalid", "item_name_too_long"})
_DIGEST_CODES = frozenset({"bad_digest", "digest_mismatch"})
_SECRET = re.compile(r"eyJ[\w-]+\.[\w-]+\.?[\w-]*|(?i:bearer\s+\S+)")
_LONGEST_REASON = 200


class NameTaken(ServiceRejected):
    """The name is in use. `conflicts` are the things that have it, as Box tells; it may tell of none."""

    def __init__(self, message: str = "", conflicts: Sequence[dict[str, Any]] = ()) -> None:
        super().__init__(message, service="Box", status_code=409, code="item_name_in_use")
        self.conflicts = list(conflicts)


class LinkRefused(ServiceRejected):
    """The download host refuses an address that Box gave; a fresh address may be taken."""


def ask(what: str, call: Callable[[], Answer]) -> Answer:
    """Return what `call` returns; whatever it raises becomes an error of the project that begins with `what`."""
    try:
        return call()
    except ContentScalingError:
        raise
    except Exception as error:
        failure = translate(error, what)
    raise failure


def translate(error: Exception, what: str) -> ContentScalingError:
    """Return the project's error for anything that speaking to Box can raise."""
    if isinstance(error, BoxAPIError):
        return _from_answer(error, what)
    if isinstance(error, BoxSDKError):
        cause = error.error
        return translate(cause, what) if cause is not None and cause is not error else _unintelligible(what)
    if isinstance(error, requests.RequestException | urllib3.exceptions.HTTPError | OSError):
        return _from_connection(error, what)
    return _unintelligible(what)


def from_download_host(status: int, headers: Mapping[str, str], what: str) -> ServiceError:
    """Return the project's error for a refusal of the host that holds the content; its pages are not read."""
    if status == 416:
        return IntegrityError(f"{what}: it has become shorter; the next run looks at it afresh", service="Box")
    if status in (408, 429) or status >= 500:
        wait, message = retry_after_s(headers), f"{what}: the download host is not ready (HTTP {status})"
        return ServiceUnavailable(message, service="Box", status_code=status, retry_after_s=wait)
    advice = "check that proxy and firewall let downloads from Box pass"
    message = f"{what}: the download host refuses the address that Box gave (HTTP {status}); {advice}"
    return LinkRefused(message, service="Box", status_code=status)


def oauth_reason(error: BoxAPIError) -> tuple[str, str]:
    """Return error and description of a refused sign-in; its answer has a shape of its own, `("", "")` when empty."""
    body = error.response_info.body or {}
    return str(body.get("error") or ""), str(body.get("error_description") or "")


def _from_answer(error: BoxAPIError, what: str) -> ContentScalingError:
    info = error.response_info
    status, code = info.status_code, info.code or oauth_reason(error)[0] or None
    message = f"{what}: {_reason(error)} (HTTP {status})"
    if status == 409 and code == "item_name_in_use":
        return NameTaken(message, _conflicts(info.context_info))
    if code in _NAME_CODES:
        return NameRefused(f"{message}; rename it in the DAM")
    if status in (408, 429) or status >= 500 or code in BUSY_CODES:
        wait = retry_after_s(info.headers)
        return ServiceUnavailable(message, service="Box", status_code=status, code=code, retry_after_s=wait)
    return _final_kind(status, code)(message, service="Box", status_code=status, code=code)


def _final_kind(status: int, code: str | None) -> type[ServiceError]:
    if code in _FULL_CODES:
        return StorageFull
    if code in _DIGEST_CODES:
        return IntegrityError
    return NotFound if status in (404, 410) else ServiceRejected


def _conflicts(context: Any) -> list[dict[str, Any]]:
    """Return what has the name; Box sends a list for folders, a single object for files."""
    found = context.get("conflicts") if isinstance(context, dict) else None
    listed = found if isinstance(found, list) else [found]
    return [conflict for conflict in listed if isinstance(conflict, dict) and conflict.get("id")]


def _reason(error: BoxAPIError) -> str:
    """Return Box's own words, without anything that looks like a credential."""
    info = error.response_info
    body = info.body if isinstance(info.body, dict) else {}
    parts = [info.code, body.get("message"), *oauth_reason(error)]
    text = ", ".join(str(part) for part in parts if part) or "Box gave no reason"
    request = f", request {info.request_id}" if info.request_id else ""
    return mask(_SECRET.sub("***", text))[:_LONGEST_REASON] + request


def _from_connection(error: Exception, what: str) -> ServiceError:
    """Map what `requests` raises. Its own text is left out: it holds addresses."""
    if isinstance(error, requests.exceptions.SSLError) and "CERTIFICATE_VERIFY_FAILED" in str(error):
        return ServiceRejected(f"{what}: Box's certificate is not trusted; check proxy and CA bundle", service="Box")
    if isinstance(error, requests.exceptions.InvalidURL | requests.exceptions.MissingSchema):
        return ServiceRejected(f"{what}: the address of Box is not valid; check BOX_API_URL", service="Box")
    if isinstance(error, requests.exceptions.InvalidJSONError):
        return _unintelligible(what)
    return ServiceUnavailable(f"{what}: {_connection_trouble(error)}; the next run tries again", service="Box")


def _connection_trouble(error: Exception) -> str:
    if isinstance(error, requests.exceptions.Timeout | urllib3.exceptions.TimeoutError | TimeoutError):
        return "Box did not answer in time"
    if isinstance(error, requests.exceptions.ChunkedEncodingError | urllib3.exceptions.ProtocolError):
        return "Box's answer was cut off"
    return "the connection to Box failed"


def _unintelligible(what: str) -> ServiceUnavailable:
    message = f"{what}: Box's answer makes no sense (a proxy's page?); check the way to Box if it repeats"
    return ServiceUnavailable(message, service="Box")
