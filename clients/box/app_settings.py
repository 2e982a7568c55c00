"""The JSON that Box's developer console gives for a JWT app, checked before anything is sent."""

import json
from typing import Any

from box_sdk_gen import JWTConfig
from box_sdk_gen.internal.utils import PrivateKeyDecryptor
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from domain.errors import ConfigError
from domain.masking import remember

_WHERE = "Box app settings (BOX_JWT_CONFIG_PATH)"


class _OpenKey(PrivateKeyDecryptor):
    """Hands out the key that was opened once; opening it takes long on purpose."""

    def __init__(self, key: Any) -> None:
        self._key = key

    def decrypt_private_key(self, encryptedPrivateKey: str, passphrase: str) -> Any:
        """Return the key."""
        return self._key


def read_app_settings(text: str) -> JWTConfig:
    """Return the SDK's configuration with the private key opened. Raises ConfigError with every fault."""
    settings = _parsed(text)
    faults = [f"{_WHERE}: {path} is missing" for path in _missing(settings)]
    if faults:
        raise ConfigError(faults)
    app, key = settings["boxAppSettings"], settings["boxAppSettings"]["appAuth"]
    remember(*(str(secret) for secret in (app["clientSecret"], key["privateKey"], key.get("passphrase") or "")))
    return JWTConfig(
        client_id=app["clientID"],
        client_secret=app["clientSecret"],
        jwt_key_id=key["publicKeyID"],
        private_key=key["privateKey"],
        private_key_passphrase=key.get("passphrase") or "",
        enterprise_id=_text(settings.get("enterpriseID")),
        user_id=_text(settings.get("userID")),
        private_key_decryptor=_OpenKey(_opened(key["privateKey"], key.get("passphrase") or "")),
    )


def client_id(text: str) -> str:
    """Return the app's client id, without opening its key. Raises ConfigError when it is missing."""
    app = _parsed(text).get("boxAppSettings")
    if not isinstance(app, dict) or not app.get("clientID"):
        raise ConfigError([f"{_WHERE}: boxAppSettings.clientID is missing"])
    return str(app["clientID"])


def _parsed(text: str) -> dict[str, Any]:
    try:
        settings = json.loads(text)
    except ValueError:
        settings = None
    if not isinstance(settings, dict):
        raise ConfigError([f"{_WHERE}: not the JSON file that Box's developer console gives"])
    return settings


def _missing(settings: dict[str, Any]) -> list[str]:
    app = _section(settings, "boxAppSettings")
    key = _section(app, "appAuth")
    missing = [f"boxAppSettings.{name}" for name in ("clientID", "clientSecret") if not app.get(name)]
    missing += [f"boxAppSettings.appAuth.{name}" for name in ("publicKeyID", "privateKey") if not key.get(name)]
    has_subject = settings.get("enterpriseID") or settings.get("userID")
    return missing if has_subject else [*missing, "enterpriseID"]


def _text(value: Any) -> str | None:
    return str(value) if value else None


def _section(settings: dict[str, Any], name: str) -> dict[str, Any]:
    section = settings.get(name)
    return section if isinstance(section, dict) else {}


def _opened(pem: str, passphrase: str) -> Any:
    """Open the key. The library's own errors are let go first: a traceback may show what it was given."""
    try:
        return load_pem_private_key(pem.encode(), password=passphrase.encode() if passphrase else None)
    except (ValueError, TypeError, UnicodeError):
        pass
    raise ConfigError([f"{_WHERE}: the private key cannot be opened; check privateKey and passphrase"])
