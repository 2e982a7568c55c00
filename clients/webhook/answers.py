"""The one place where a webhook that was not taken becomes an error of the project."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import requests
import urllib3

from domain.errors import ServiceError, ServiceRejected, ServiceUnavailable
from domain.masking import mask

_SHOWN = 200
"""Characters of the receiver's own text that an error repeats."""
_SHORTEST_SECRET = 6
"""Striking out anything shorter would only garble the text."""
_LONGEST_WAIT_S = 3600.0
"""A receiver that asks for more is asked again after this."""


@dataclass(frozen=True, slots=True)
class Refusals:
    """Errors of one webhook. What the receiver says is shown without its address, the sign-in and `secrets`."""

    hook: str
    secrets: Sequence[str] = field(repr=False)
    sign_in: str = "WEBHOOK_TOKEN, or the hook's auth"
    """What is to be corrected where the receiver refuses the sign-in."""

    def of_answer(self, answer: requests.Response) -> ServiceError:
        """Return the error for an answer other than 2xx: 408, 429 and 5xx are tried again, the others are final."""
        code = answer.status_code
        message = f"webhook {self.hook}: the receiver answered {code} {self._said(answer)}".rstrip()
        if code in (408, 429) or code >= 500:
            wait = retry_after_s(answer.headers.get("Retry-After"), now=datetime.now(UTC))
            return ServiceUnavailable(message, service="webhook", status_code=code, retry_after_s=wait)
        if code in (401, 403):
            message += f"; correct {self.sign_in}"
        if 300 <= code < 400:
            message += "; redirects are not followed: correct the hook's address"
        return ServiceRejected(message, service="webhook", status_code=code)

    def of_failure(self, error: requests.RequestException | urllib3.exceptions.HTTPError) -> ServiceError:
        """Return the error for a request that got no answer. The error's own text is not used: it holds the address."""
        start = f"webhook {self.hook}: the receiver"
        if isinstance(error, requests.exceptions.SSLError) and "CERTIFICATE_VERIFY_FAILED" in str(error):
            what = "has a certificate that is not trusted; correct the hook's address, or have the receiver mend it"
            return ServiceRejected(f"{start} {what}", service="webhook")
        if isinstance(error, ValueError):  # errors of malformed addresses and headers, of both, are ValueErrors too
            what = f"cannot be addressed ({type(error).__name__}); correct the hook in webhooks.yaml"
            return ServiceRejected(f"{start} {what}", service="webhook")
        what = "did not answer in time" if isinstance(error, requests.Timeout) else "could not be reached"
        return ServiceUnavailable(f"{start} {what} ({type(error).__name__})", service="webhook")

    def _said(self, answer: requests.Response) -> str:
        try:
            text = next(answer.iter_content(4096), b"").decode("utf-8", "replace")
        except requests.RequestException:
            return ""  # the code has arrived, and it is what decides
        sign_in = answer.request.headers.get("Authorization", "").rpartition(" ")[2]
        # Receivers like to repeat the path that they do not know, and often it is the secret.
        for secret in (sign_in, answer.request.path_url, *self.secrets):
            if len(secret) >= _SHORTEST_SECRET:
                text = text.replace(secret, "***")
        return " ".join(mask(text).split())[:_SHOWN]


def retry_after_s(header: str | None, *, now: datetime) -> float | None:
    """Return how long the receiver asks to wait (RFC 9110 §10.2.3), capped at an hour; None where it does not say.

    >>> retry_after_s("Sun, 01 Mar 2026 08:01:00 GMT", now=datetime(2026, 3, 1, 8, tzinfo=UTC))
    60.0
    """
    if not header:
        return None
    if header.strip().isdecimal():
        return min(float(header), _LONGEST_WAIT_S)
    try:
        wait = (parsedate_to_datetime(header) - now).total_seconds()
    except (TypeError, ValueError):  # not a date, or one without an offset
        return None
    return min(max(wait, 0.0), _LONGEST_WAIT_S)
