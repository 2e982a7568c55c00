"""Who may call: OTDS access tokens and OTMM sessions, with an injectable clock."""

import base64
import hashlib
import json
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sandbox.otmm.errors import OAuthError
from sandbox.otmm.settings import OtmmSettings

SERVICE_USER = "content.scaling"


@dataclass
class Session:
    """A login by name and password."""

    user: str
    id: int
    digest: str = field(default_factory=lambda: secrets.token_hex(20))
    cookie: str = field(default_factory=lambda: secrets.token_hex(16).upper())

    def to_json(self) -> dict[str, Any]:
        """The `session` object; `user_id` is a string, the other ids are numbers, as in the real one."""
        return {
            "domain_name": "OTMM",
            "id": self.id,
            "local_session": False,
            "login_name": self.user,
            "message_digest": self.digest,
            "role_name": "Administrator",
            "user_full_name": self.user,
            "user_id": "1001",
            "user_role_id": 1,
            "validation_key": -2045393682,
        }


class Tokens:
    """Tokens and sessions that are alive. Thread-safe."""

    def __init__(self, settings: OtmmSettings, clock: Callable[[], float]) -> None:
        self.requests = 0
        self._settings = settings
        self._clock = clock
        self._lock = threading.Lock()
        self._alive: dict[str, tuple[str, float]] = {}
        self._sessions: list[Session] = []

    def issue(self, grant: dict[str, str], basic: tuple[str, str] | None) -> dict[str, Any]:
        """Answer a token request; the client's secret comes in the body or as HTTP Basic."""
        with self._lock:
            self.requests += 1
        client = basic or (grant.get("client_id", ""), grant.get("client_secret", ""))
        if not self._is_client(*client):
            raise OAuthError(self._settings.invalid_client_status, "invalid_client", "Client authentication failed.")
        user = self._user(grant)
        token = _opaque_token(user)
        with self._lock:
            self._alive[token] = (user, self._clock() + self._settings.token_ttl_s)
        return {"access_token": token, "token_type": "Bearer", "expires_in": self._settings.token_ttl_s}

    def _is_client(self, client_id: str, secret: str) -> bool:
        known = (self._settings.client_id, self._settings.client_secret)
        return secrets.compare_digest(f"{client_id}:{secret}".encode(), ":".join(known).encode())

    def _user(self, grant: dict[str, str]) -> str:
        kind = grant.get("grant_type", "")
        if not kind:
            raise OAuthError(400, "invalid_request", "Missing parameter: grant_type")
        if kind == "client_credentials":
            return SERVICE_USER
        if kind != "password":
            raise OAuthError(400, "unsupported_grant_type", f"Unsupported grant type: {kind}")
        if not self.is_password(grant.get("username", ""), grant.get("password", "")):
            raise OAuthError(400, "invalid_grant", "Invalid resource owner credentials.")
        return grant["username"]

    def is_password(self, user: str, password: str) -> bool:
        """Whether the user has this password."""
        known = self._settings.users.get(user)
        return known is not None and secrets.compare_digest(known.encode(), password.encode())

    def user_of(self, token: str) -> str | None:
        """The user of a Bearer token that is alive, else None."""
        with self._lock:
            user, expires_at = self._alive.get(token, ("", 0.0))
        return user if expires_at > self._clock() else None

    def login(self, user: str) -> Session:
        """Open a session."""
        with self._lock:
            self._sessions.append(Session(user, 471542185 + len(self._sessions)))
            return self._sessions[-1]

    def session_of(self, *, cookie: str | None, digest: str | None) -> Session | None:
        """The live session of a JSESSIONID cookie or of a message digest, else None."""
        with self._lock:
            return next((s for s in self._sessions if s.cookie == cookie or s.digest == digest), None)

    def revoke(self) -> None:
        """End every token and session at once."""
        with self._lock:
            self._alive.clear()
            self._sessions.clear()


def _opaque_token(user: str) -> str:
    """A token that looks like OTDS's JWT; nobody is to read it."""
    parts = [{"alg": "none"}, {"sub": hashlib.sha256(user.encode()).hexdigest()[:8], "jti": secrets.token_hex(16)}]
    encoded = [base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts]
    return ".".join([*encoded, secrets.token_urlsafe(32)])
