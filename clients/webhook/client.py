"""Sends webhooks. The Idempotency-Key header follows the IETF draft draft-ietf-httpapi-idempotency-key-header."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import requests
import urllib3
from requests.auth import AuthBase, HTTPBasicAuth

from clients.webhook.answers import Refusals
from clients.webhook.hooks import Hook
from clients.webhook.payload import render_payload
from domain.errors import ConfigError


@dataclass(frozen=True, slots=True)
class WebhookClient:
    """Sends each webhook over a connection of its own; threads may share one client."""

    token: str | None = field(default=None, repr=False)
    """Bearer token, or password of basic auth, of every hook that signs in."""
    variable: str = "WEBHOOK_TOKEN"
    """Setting that holds the token, in messages."""

    def __post_init__(self) -> None:
        if self.token is not None and not (self.token.isascii() and self.token.isprintable()):
            raise ConfigError([f"{self.variable}: holds a line break or another character that no header can carry"])

    def send(self, hook: Hook, payload: Mapping[str, Any], *, idempotency_key: str) -> None:
        """Send `payload` in the shape that `hook` describes; returning means that the receiver answered 2xx.

        Raises ServiceUnavailable, after which the same webhook may be sent again under the same key, ServiceRejected,
        or ConfigError where the hook cannot be sent as it is set.
        """
        body = render_payload(hook.payload, payload, hook=hook.name)
        refusals = Refusals(hook.name, tuple(hook.headers.values()), f"{self.variable}, or the hook's auth")
        try:
            with requests.Session() as session:
                session.trust_env = False  # a .netrc would replace the token, a proxy would see it
                with session.request(
                    hook.method,
                    _url(hook),
                    data=body,
                    headers=_headers(hook, idempotency_key),
                    auth=self.sign_in(hook),
                    timeout=hook.timeout_s,
                    allow_redirects=False,
                    stream=True,  # an answer is of use only where it is a refusal, and then only its first words
                ) as answer:
                    if not 200 <= answer.status_code < 300:
                        raise refusals.of_answer(answer)
        except (requests.RequestException, urllib3.exceptions.HTTPError) as error:
            # The cause is cut off: it holds the address, and an address may be a secret.
            raise refusals.of_failure(error) from None

    def sign_in(self, hook: Hook) -> AuthBase | None:
        """Return how to sign in at the hook's receiver; raises ConfigError where the token for it is missing."""
        if hook.auth == "none":
            return None
        if not self.token:
            raise ConfigError([f"{self.variable}: not set; the webhook {hook.name} signs in with it"])
        if hook.auth == "basic":
            return HTTPBasicAuth((hook.username or "").encode(), self.token.encode())
        return _Bearer(self.token)


@dataclass(frozen=True, slots=True)
class _Bearer(AuthBase):
    token: str = field(repr=False)

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self.token}"
        return request


def _url(hook: Hook) -> str:
    if hook.url is None:
        raise ConfigError([f"webhooks.yaml: the hook {hook.name} has no address"])
    return hook.url


def _headers(hook: Hook, idempotency_key: str) -> dict[str, str | bytes]:
    return {
        "User-Agent": "content-scaling",
        **hook.headers,
        "Content-Type": "application/json",
        "Idempotency-Key": idempotency_key.encode(),  # requests takes text only where Latin-1 can hold it
    }
