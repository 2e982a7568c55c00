"""Access tokens of OpenText Directory Services (OTDS) by OAuth 2.0 client credentials (RFC 6749 §4.4)."""

import copy
import ssl
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import requests

from clients.otmm.errors import FOREIGN, as_service_error, is_page
from clients.otmm.session import Connection, open_session
from domain.errors import ServiceError, ServiceUnavailable
from domain.masking import remember

RENEW_BEFORE_S = 300.0
RENEW_BEFORE_SHARE = 0.2
DEFAULT_LIFE_S = 300.0


@dataclass(frozen=True, slots=True, repr=False)
class _Token:
    text: str
    renew_at: float
    expires_at: float


class OtdsTokens:
    """One access token for all threads that share this object; a process needs only one of them per client id.

    `token_url` is the whole address, it ends in `/otdsws/oauth2/token`. `tls` carries the client certificate where that
    host stands behind the gateway too. `clock` is monotonic, in seconds.
    """

    def __init__(  # noqa: PLR0913  (all but three have defaults)
        self,
        token_url: str,
        client_id: str,
        client_secret: str,
        *,
        tls: ssl.SSLContext | None = None,
        ca_bundle: Path | None = None,
        timeouts: tuple[float, float] = (10.0, 60.0),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._url = token_url
        self._client_id = client_id
        self._secret = client_secret
        self._timeouts = timeouts
        self._clock = clock
        self._session = open_session(token_url, Connection(tls, ca_bundle, timeouts))
        self._lock = threading.Lock()
        self._token: _Token | None = None
        self._fetches = 0
        self._last_error: ServiceError | None = None

    def __repr__(self) -> str:
        return f"OtdsTokens(client_id={self._client_id!r})"

    def bearer(self) -> str:
        """Return a token that is good for minutes: fetched when there is none, or when it is about to expire."""
        token = self._token
        if token is None or self._clock() >= token.renew_at:
            try:
                token = self._fetch_once(instead_of=token)
            except ServiceUnavailable:
                if token is None or self._clock() >= token.expires_at:
                    raise  # else the old one is good for some minutes yet
        return token.text

    def renew(self, refused: str) -> str:
        """Return another token than the one the DAM has just refused; threads refused together share one fetch."""
        token = self._token
        if token is None or token.text == refused:
            token = self._fetch_once(instead_of=token)
        return token.text

    def _fetch_once(self, *, instead_of: _Token | None) -> _Token:
        """Fetch a token, unless another thread did while this one waited: then share what came of it, good or bad."""
        before = self._fetches
        with self._lock:
            if self._token is not None and self._token is not instead_of:
                return self._token
            if self._fetches != before and self._last_error is not None:
                raise copy.copy(self._last_error)
            try:
                self._token, self._last_error = self._fetch(), None
            except ServiceError as error:
                self._last_error = error
                raise
            finally:
                self._fetches += 1
            return self._token

    def _fetch(self) -> _Token:
        what = f"access token for client {self._client_id}"
        asked_at = self._clock()
        try:
            answer = self._session.post(
                self._url,
                data={
                    "grant_type": "client_credentials",
                    "client_id": self._client_id,
                    "client_secret": self._secret,
                },
                headers={"Accept": "application/json"},
                timeout=self._timeouts,
                allow_redirects=False,  # a 307 would carry the secret to another address
            )
        except FOREIGN as error:
            raise as_service_error(error, what) from error
        text, life_s = _read(answer, what)
        remember(text)
        ahead_s = min(RENEW_BEFORE_S, RENEW_BEFORE_SHARE * life_s)
        return _Token(text, renew_at=asked_at + life_s - ahead_s, expires_at=asked_at + life_s)


def _read(answer: requests.Response, what: str) -> tuple[str, float]:
    """Return the token and its life in seconds."""
    if answer.status_code != 200 or is_page(answer):
        raise as_service_error(answer, what)
    try:
        body = answer.json()
        return str(body["access_token"]), float(body.get("expires_in") or DEFAULT_LIFE_S)
    except (ValueError, KeyError, TypeError, AttributeError):
        # Without the cause: the text that could not be read may hold the token.
        raise as_service_error(answer, what) from None
