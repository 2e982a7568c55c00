"""Secrets that this process has loaded, struck out of every text that is kept or shown.

Whoever loads or fetches a secret has it remembered here; logs, errors and what Prefect keeps of them are masked. A
secret is found as it is, and as it stands in an address, in JSON, HTML or a Python literal, and in Base64 (an
Authorization header), whatever stands before it there.
"""

import base64
import html
import json
import re
import threading
from collections.abc import Iterable, Iterator
from urllib.parse import parse_qsl, quote, quote_plus, urlsplit

from pydantic import SecretStr

MASK = "***"
SHORTEST = 8
"""Characters. Shorter ones are found in ordinary words and numbers: striking them out would garble every text."""

_HEADER = re.compile(r"\b(Bearer|Basic)(\s+|%20)[A-Za-z0-9+/=_.~-]{8,}")
"""A sign-in that nobody had remembered, such as one that a proxy has added."""
_JSON_WEB_TOKEN = re.compile(r"\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*")
_NAMES_SECRET = re.compile(r"passw|pwd|token|secret|signature|auth|cookie|\b(?:x-)?(?:api[-_]?)?key\b|\bsig\b|\bcode\b")
_KEYWORD_PASSWORD = re.compile(r"\bpassword\s*=\s*('(?:[^'\\]|\\.)*'|\S+)")


class Secrets:
    """The secrets of a process, for all its threads."""

    def __init__(self) -> None:
        self._forms: tuple[str, ...] = ()
        self._lock = threading.Lock()

    def remember(self, *secrets: str | None) -> None:
        """Strike these out from now on, in all forms."""
        forms = {form for secret in secrets if secret for line in _lines(secret) for form in _forms(line)}
        new = {form for form in forms if len(form) >= SHORTEST}
        with self._lock:
            if not new <= set(self._forms):
                # The longest first: what is a part of another would leave the rest of it.
                self._forms = tuple(sorted({*self._forms, *new}, key=len, reverse=True))

    def mask(self, text: str) -> str:
        """Return the text with every secret struck out."""
        for form in self._forms:
            if form in text:
                text = text.replace(form, MASK)
        return _JSON_WEB_TOKEN.sub(MASK, _HEADER.sub(rf"\1\2{MASK}", text))


_known = Secrets()


def remember(*secrets: str | None) -> None:
    """Have these struck out of everything from now on. What is shorter than SHORTEST cannot be, and is left."""
    _known.remember(*secrets)


def remember_address(address: str | None) -> None:
    """Have the secrets in an address struck out: its password, and what its query calls a token, key or the like."""
    _known.remember(*(_in_address(address) if address else ()))


def remember_named(name: str, value: str) -> None:
    """Have the value struck out where its name says that it is a secret, as that of a header does."""
    if _NAMES_SECRET.search(name.lower()):
        _known.remember(value)


def remember_values(values: Iterable[object]) -> None:
    """Have the secrets among settings, or fields of a block, struck out of everything that is kept or shown."""
    for value in values:
        if isinstance(value, SecretStr):
            remember(value.get_secret_value())
            remember_address(value.get_secret_value())
        elif isinstance(value, str):
            remember_address(value)


def mask(text: str) -> str:
    """Return the text with every secret that was remembered struck out.

    >>> remember("correct horse")
    >>> mask("GET /?key=correct%20horse said 'correct horse'"), mask("Authorization: Bearer 0123456789abcdef")
    ("GET /?key=*** said '***'", 'Authorization: Bearer ***')
    """
    return _known.mask(text)


def _lines(secret: str) -> list[str]:
    """Return a secret, and each line of one that has several: texts are often put on one line before they are shown."""
    lines = [line.strip() for line in secret.splitlines()]
    return [secret, *(line for line in lines if not line.startswith("-----"))] if len(lines) > 1 else [secret]


def _forms(secret: str) -> Iterator[str]:
    yield secret
    yield quote(secret, safe="")
    yield quote(secret)
    yield quote_plus(secret)
    yield json.dumps(secret)[1:-1]
    yield json.dumps(secret, ensure_ascii=False)[1:-1]
    yield repr(secret)[1:-1]
    yield html.escape(secret)
    for offset in range(3):
        inner = _base64_inside(secret.encode("utf-8", "surrogatepass"), offset)
        yield inner
        yield inner.replace("+", "-").replace("/", "_")


def _base64_inside(secret: bytes, offset: int) -> str:
    """Return the characters that a secret always has in Base64 when `offset` bytes, or so many more threes, precede it.

    >>> _base64_inside(b"password", 1) in base64.b64encode(b"user:password").decode()
    False
    >>> _base64_inside(b"password", 2) in base64.b64encode(b"user:password").decode()
    True
    """
    encoded = base64.b64encode(bytes(offset) + secret).decode()
    return encoded[-(-offset * 8 // 6) : (offset + len(secret)) * 8 // 6]


def _in_address(address: str) -> Iterator[str]:
    for password in _KEYWORD_PASSWORD.findall(address):  # host=... password=..., as PostgreSQL takes it too
        yield password.strip("'")
    try:
        parts = urlsplit(address)
        pairs = parse_qsl(parts.query)
        signed_in = parts.netloc.rpartition("@")[0]
    except ValueError:  # no address at all
        return
    password = signed_in.partition(":")[2]
    yield password
    yield from (value for _, value in parse_qsl(f"password={password.replace('+', '%2B')}"))
    yield from (value for name, value in pairs if _NAMES_SECRET.search(name.lower()))
