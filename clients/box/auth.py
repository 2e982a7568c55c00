"""Signing in to Box by JWT: one token for all threads, renewed before it expires.

Follows Box's guide "JWT without SDKs". The SDK's own sign-in never looks at the expiry, has no lock, and repeats a
failed request with the same assertion, which Box accepts only once.
"""

import threading
import time
from collections.abc import Callable
from datetime import UTC
from email.utils import parsedate_to_datetime
from uuid import uuid4

from box_sdk_gen import (
    AccessToken,
    AuthorizationManager,
    BoxAPIError,
    BoxJWTAuth,
    JWTConfig,
    NetworkSession,
)
from box_sdk_gen.internal.utils import JwtAlgorithm, JwtKey, JwtSignOptions, create_jwt_assertion
from box_sdk_gen.managers.authorization import RequestAccessTokenGrantType

from clients.box.errors import FOREIGN, ask, oauth_reason
from clients.box.network import backoff_s
from clients.box.retry_after import CAP_S, retry_after_s
from domain.errors import ServiceUnavailable
from domain.masking import remember

AUDIENCE = "https://api.box.com/oauth2/token"
"""The same whatever address the request goes to."""
RENEW_BEFORE_EXPIRY_S = 300.0
_ASSERTION_LIFE_S = 30  # Box takes at most 60; the middle tolerates a clock that is off either way
_TRIES = 4


class SharedJwtAuth(BoxJWTAuth):
    """Sign-in shared by all threads of a process. Only ever speaks to the network session it was given."""

    def __init__(
        self,
        config: JWTConfig,
        network_session: NetworkSession,
        *,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.time,
    ) -> None:
        super().__init__(config)
        self._network_session = network_session
        self._sleep = sleep
        self._clock = clock
        self._lock = threading.Lock()
        self._renew_at = 0.0
        self._skew_s = 0.0
        self._seen = threading.local()

    def retrieve_token(self, *, network_session: NetworkSession | None = None) -> AccessToken:
        """Return a token that is good for some minutes yet."""
        with self._lock:
            token = self.token_storage.get()
            if token is None or self._clock() >= self._renew_at:
                token = self._sign_in()
            self._seen.token = token.access_token
            return token

    def refresh_token(self, *, network_session: NetworkSession | None = None) -> AccessToken:
        """Return another token than the one this thread used last; many threads that were refused at once share one."""
        with self._lock:
            token = self.token_storage.get()
            if token is None or token.access_token == getattr(self._seen, "token", None):
                token = self._sign_in()
            return token

    def _sign_in(self) -> AccessToken:
        """Ask for a token, each try with a fresh assertion. The caller holds the lock."""
        token = ask("signing in to Box", self._request_token)
        if not token.access_token:
            raise ServiceUnavailable(
                "signing in to Box: the answer holds no token; the next run tries again", service="Box"
            )
        remember(token.access_token)
        life = float(token.expires_in or 0)
        self._renew_at = self._clock() + max(life - RENEW_BEFORE_EXPIRY_S, life / 2)
        self.token_storage.store(token)
        return token

    def _request_token(self) -> AccessToken:
        manager = AuthorizationManager(network_session=self._network_session)
        for attempt in range(1, _TRIES):
            try:
                return self._post(manager)
            except FOREIGN as error:
                self._prepare_next_try(error, attempt)
        return self._post(manager)

    def _post(self, manager: AuthorizationManager) -> AccessToken:
        return manager.request_access_token(
            RequestAccessTokenGrantType.URN_IETF_PARAMS_OAUTH_GRANT_TYPE_JWT_BEARER,
            assertion=self._assertion(),
            client_id=self.config.client_id,
            client_secret=self.config.client_secret,
        )

    def _assertion(self) -> str:
        claims = {"exp": int(self._clock() + self._skew_s) + _ASSERTION_LIFE_S, "box_sub_type": self.subject_type}
        options = JwtSignOptions(
            algorithm=self.config.algorithm or JwtAlgorithm.RS256,
            audience=AUDIENCE,
            subject=self.subject_id,
            issuer=self.config.client_id,
            jwtid=uuid4().hex,
            keyid=self.config.jwt_key_id,
            private_key_decryptor=self.config.private_key_decryptor,
        )
        assertion = create_jwt_assertion(claims, JwtKey(self.config.private_key, ""), options)
        remember(assertion)
        return assertion

    def _prepare_next_try(self, error: Exception, attempt: int) -> None:
        """Wait, or learn how wrong our clock is; raise the error when another try cannot help."""
        if not isinstance(error, BoxAPIError):
            self._sleep(backoff_s(attempt))
            return
        info, (_, description) = error.response_info, oauth_reason(error)
        if info.status_code in (408, 429) or info.status_code >= 500:
            asked = retry_after_s(info.headers)
            self._sleep(min(CAP_S, backoff_s(attempt) if asked is None else asked))
        elif info.status_code == 400 and "exp" in description.lower():
            self._skew_s = _server_time(info.headers, self._clock()) - self._clock()
        elif not (info.status_code == 400 and "jti" in description.lower()):
            raise error


def _server_time(headers: dict[str, str], otherwise: float) -> float:
    """Return the time of the answer's Date header in seconds since the epoch."""
    text = next((value for name, value in headers.items() if name.lower() == "date"), "")
    try:
        sent = parsedate_to_datetime(text)
    except ValueError:
        return otherwise
    return (sent if sent.tzinfo else sent.replace(tzinfo=UTC)).timestamp()
