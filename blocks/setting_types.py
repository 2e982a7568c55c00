"""Kinds of values that settings have, each with what is said of a wrong one; none quotes it, as it may be a secret."""

from typing import Annotated
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field, SecretStr


def _http_url(value: str) -> str:
    try:
        parts = urlsplit(value)
        good = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:  # its own text quotes the address, which may hold a password
        good = False
    if not good:
        raise ValueError("must be an address such as https://host:8443/path")
    return value.rstrip("/")


def _folder_id(value: str) -> str:
    if not (value.isascii() and value.isdigit()):
        raise ValueError("must be the id of a Box folder: digits only, as in the folder's address in the browser")
    return value


def _hard_to_guess(value: SecretStr) -> SecretStr:
    text = value.get_secret_value()
    if len(text) < 16 or not text.isascii() or not text.isprintable():
        raise ValueError("must be 16 or more characters of ASCII, such as those of: openssl rand -hex 24")
    return value


def _without_password(value: str) -> str:
    if "@" in urlsplit(value).netloc:
        raise ValueError("must not hold a user or a password; use ALARM_WEBHOOK_TOKEN")
    return value


def _time_zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ValueError, OSError, KeyError):
        raise ValueError("must be a time zone of the IANA database, such as Europe/Berlin") from None
    return value


HttpUrl = Annotated[str, AfterValidator(_http_url)]
AlarmUrl = Annotated[HttpUrl, AfterValidator(_without_password)]
Folder = Annotated[str, AfterValidator(_folder_id), Field(description="Id of a Box folder, digits only.")]
Delay = Annotated[float, Field(ge=0, allow_inf_nan=False)]
HardToGuess = Annotated[SecretStr, AfterValidator(_hard_to_guess)]
TimeZone = Annotated[str, AfterValidator(_time_zone)]
