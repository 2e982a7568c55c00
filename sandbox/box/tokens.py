"""Access tokens of a simulated Box: JWT assertions (RFC 7523) verified by Box's rules, and client credentials."""

import json
import secrets
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import jwt

from sandbox.box import errors
from sandbox.box.settings import BoxSettings

AUDIENCE = "https://api.box.com/oauth2/token"  # whatever host is asked
_ALGORITHMS = ["RS256", "RS384", "RS512"]
_JWT_GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"


class _Keys(Protocol):
    """What is needed of `sandbox.certificates.Certificates`."""

    @property
    def jwt_key(self) -> Any: ...
    @property
    def jwt_public_key(self) -> Any: ...
    @property
    def jwt_key_passphrase(self) -> str: ...


@dataclass(frozen=True)
class BoxApp:
    """The app in Box's developer console that the clients log in as."""

    public_key_pem: str
    client_id: str = "sandbox-box-client"
    client_secret: str = field(default="sandbox-box-secret", repr=False)
    public_key_id: str = "sandbox1"
    enterprise_id: str = "12345"
    service_user_id: str = "20000001"
    scopes: frozenset[str] = frozenset({"root_readwrite", "manage_webhook"})

    @classmethod
    def from_certificates(cls, certificates: _Keys) -> "BoxApp":
        """Return an app that knows the public key of the certificates."""
        return cls(public_key_pem=certificates.jwt_public_key.read_text())

    def config_json(self, certificates: _Keys) -> str:
        """Return the app's settings file, as the developer console gives it."""
        key = {
            "publicKeyID": self.public_key_id,
            "privateKey": certificates.jwt_key.read_text(),
            "passphrase": certificates.jwt_key_passphrase,
        }
        settings = {"clientID": self.client_id, "clientSecret": self.client_secret, "appAuth": key}
        return json.dumps({"boxAppSettings": settings, "enterpriseID": self.enterprise_id})


@dataclass(frozen=True, slots=True)
class Token:
    """What a token stands for; times in seconds since the epoch."""

    user_id: str
    expires_at: float


class Tokens:
    """Grants and checks tokens. Thread-safe."""

    def __init__(
        self, app: BoxApp, users: Mapping[str, str], settings: BoxSettings, clock: Callable[[], float]
    ) -> None:
        self.requests = 0  # token requests, refused ones too
        self.app = app
        self._users = users
        self._settings = settings
        self._clock = clock
        self._tokens: dict[str, Token] = {}
        self._seen_ids: set[str] = set()
        self._lock = threading.Lock()

    def grant(self, form: Mapping[str, str]) -> dict[str, Any]:
        """Return the answer to a token request. Raises OAuthError."""
        with self._lock:
            self.requests += 1
            self._check_client(form)
            grant_type = form.get("grant_type")
            if grant_type == _JWT_GRANT:
                user_id = self._asserted_user(form.get("assertion", ""))
            elif grant_type == "client_credentials":
                user_id = self._subject(form.get("box_subject_type", ""), form.get("box_subject_id", ""))
            else:
                raise errors.OAuthError("unsupported_grant_type", "The grant type is not supported")
            token = secrets.token_urlsafe(24)
            self._tokens[token] = Token(user_id, self._clock() + self._settings.token_ttl_s)
        facts = {"access_token": token, "expires_in": self._settings.token_ttl_s}
        return {**facts, "restricted_to": [], "token_type": "bearer"}

    def user_of(self, authorization: str) -> str:
        """Return the user id behind an Authorization header, or refuse with 401."""
        scheme, _, value = authorization.partition(" ")
        with self._lock:
            token = self._tokens.get(value.strip())
        if scheme.lower() != "bearer" or token is None or token.expires_at <= self._clock():
            raise errors.Unauthorized(has_body=self._settings.unauthorized_has_body)
        return token.user_id

    def expire_all(self) -> None:
        """Make every token that was granted so far invalid."""
        with self._lock:
            self._tokens.clear()

    def revoke(self, token: str) -> None:
        """Make one token invalid."""
        with self._lock:
            self._tokens.pop(token, None)

    def _check_client(self, form: Mapping[str, str]) -> None:
        given = (form.get("client_id"), form.get("client_secret"))
        if given != (self.app.client_id, self.app.client_secret):
            raise errors.OAuthError("invalid_client", "The client credentials are invalid")

    def _asserted_user(self, assertion: str) -> str:
        claims = self._verified(assertion)
        self._check_expiry(claims.get("exp"))
        if claims.get("aud") != AUDIENCE:
            raise errors.invalid_claim("aud", f"It must be {AUDIENCE}.")
        if claims.get("iss") != self.app.client_id:
            raise errors.invalid_claim("iss", "It must be the client id.")
        self._use_id(claims.get("jti"))
        return self._subject(str(claims.get("box_sub_type")), str(claims.get("sub")))

    def _verified(self, assertion: str) -> dict[str, Any]:
        try:
            if jwt.get_unverified_header(assertion).get("kid") != self.app.public_key_id:
                raise errors.OAuthError("invalid_grant", "OAuth JWT header contains an unknown 'kid'")
            options = {"verify_exp": False, "verify_aud": False, "verify_iss": False}
            claims: dict[str, Any] = jwt.decode(
                assertion,
                self.app.public_key_pem,
                algorithms=_ALGORITHMS,
                options=options,  # type: ignore[arg-type]
            )
        except jwt.PyJWTError as error:
            raise errors.OAuthError("invalid_grant", "OAuth JWT signature verification error") from error
        return claims

    def _check_expiry(self, expires_at: object) -> None:
        if not isinstance(expires_at, int | float):
            raise errors.invalid_claim("exp", "It must be a number.")
        if expires_at <= self._clock():
            detail = "Current date/time MUST be before the expiration date/time listed in the 'exp' claim."
            raise errors.invalid_claim("exp", detail)
        if expires_at > self._clock() + self._settings.max_assertion_lifetime_s:
            raise errors.invalid_claim("exp", "The expiration date/time is too far in the future.")

    def _use_id(self, assertion_id: object) -> None:
        if not isinstance(assertion_id, str) or not 16 <= len(assertion_id) <= 128:
            raise errors.invalid_claim("jti", "It must have 16 to 128 characters.")
        if assertion_id in self._seen_ids:
            raise errors.invalid_claim("jti", "A unique 'jti' value is required.")
        self._seen_ids.add(assertion_id)

    def _subject(self, kind: str, subject_id: str) -> str:
        if kind == "enterprise" and subject_id == self.app.enterprise_id:
            return self.app.service_user_id
        if kind == "user" and subject_id in self._users:
            return subject_id
        raise errors.invalid_claim("sub", "The 'sub' specified is invalid.")
