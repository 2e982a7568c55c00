"""What Box tells by webhook: whether a delivery is Box's own, what it says, whether it concerns us.

Follows Box's guide to webhooks v2, signature version 1. Its Python sample is wrong in several places; the signature is
base64(HMAC-SHA256(key, body + timestamp)), over the bytes as they came: Box signs its own way of writing JSON.
"""

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

UPLOADED = "FILE.UPLOADED"
MAX_AGE = timedelta(minutes=10)
"""A delivery is older when somebody replays it: each of Box's own tries carries a time of its own."""
MAX_SKEW = timedelta(seconds=60)
"""How far Box's clock may be ahead of ours."""

# datetime takes any character for the T, one that cannot be encoded as well.
_TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)", re.ASCII)
_ID = re.compile(r"\d{1,20}", re.ASCII)
_EVENT_ID = re.compile(r"[!-~]{1,128}")


@dataclass(frozen=True)
class SigningKeys:
    """The two keys of the app, so that one can be replaced while the other counts. None or blank: not set."""

    primary: str | None = field(repr=False)
    secondary: str | None = field(default=None, repr=False)

    def by_header(self) -> dict[str, bytes]:
        """Return the keys that are set, by the header of their signature."""
        both = {"box-signature-primary": self.primary, "box-signature-secondary": self.secondary}
        # An empty key signs too: who took it would believe anybody.
        return {header: key.encode("utf-8", "surrogatepass") for header, key in both.items() if key and key.strip()}


@dataclass(frozen=True)
class UploadEvent:
    """A file that somebody placed in Box. Box tells it several times under one `event_id`.

    `path_ids` are the folders above the file, outermost first. What Box left out is None or empty.
    """

    event_id: str
    trigger: str
    file_id: str
    file_name: str
    sha1: str | None
    parent_id: str | None
    path_ids: tuple[str, ...]
    created_by_id: str | None


def verify(raw: bytes, headers: Mapping[str, str], keys: SigningKeys, now: datetime) -> bool:
    """Tell whether Box sent this body lately. `headers` in any case; `now` is aware. Never raises."""
    given = {name.lower(): value for name, value in headers.items()}
    if given.get("box-signature-version") != "1" or given.get("box-signature-algorithm") != "HmacSHA256":
        return False
    timestamp = given.get("box-delivery-timestamp", "")
    sent_at = _time(timestamp)
    if sent_at is None or not -MAX_SKEW <= now - sent_at <= MAX_AGE:
        return False
    signed = raw + timestamp.encode("ascii")
    return any(_signs(key, signed, given.get(header, "")) for header, key in keys.by_header().items())


def read_event(raw: bytes) -> UploadEvent | None:
    """Return the event of a body that was verified, whatever its trigger, or None when it is not about a file."""
    try:
        body = _mapping(json.loads(raw))
    except (ValueError, RecursionError):
        return None
    source = _mapping(body.get("source"))
    event_id, file_id = _text(body.get("id")), _id(source.get("id"))
    if source.get("type") != "file" or file_id is None or not _EVENT_ID.fullmatch(event_id):
        return None
    return UploadEvent(
        event_id=event_id,
        trigger=_text(body.get("trigger")),
        file_id=file_id,
        file_name=_text(source.get("name")),
        sha1=_text(source.get("sha1")) or None,
        parent_id=_id(_mapping(source.get("parent")).get("id")),
        path_ids=_path(source),
        created_by_id=_id(_mapping(body.get("created_by")).get("id")),
    )


def why_ignored(event: UploadEvent, *, folder_id: str, own_user_id: str | None) -> str | None:
    """Return why nothing has to be done about the event, or None when its file is to be fetched.

    Without `own_user_id` nobody knows which files are our own, and none is ignored for that. Nor is an event that names
    no folder at all: whoever fetches the file sees where it lies.
    """
    if event.trigger != UPLOADED:
        return f"its trigger is {event.trigger!r}"
    if own_user_id is not None and event.created_by_id == own_user_id:
        return "we placed the file ourselves"
    places = {event.parent_id, *event.path_ids} - {None}
    if places and folder_id not in places:
        return "the file lies in another folder"
    return None


def _time(text: str) -> datetime | None:
    if not _TIMESTAMP.fullmatch(text):
        return None
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _signs(key: bytes, signed: bytes, signature: str) -> bool:
    expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest())
    return hmac.compare_digest(expected, signature.encode("utf-8", "replace"))


def _path(source: Mapping[str, object]) -> tuple[str, ...]:
    entries = _mapping(source.get("path_collection")).get("entries")
    ids = [_id(_mapping(entry).get("id")) for entry in entries] if isinstance(entries, list) else []
    return tuple(folder_id for folder_id in ids if folder_id is not None)


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, dict) else {}


def _id(value: object) -> str | None:
    """Return an id that may stand in the path of a request."""
    return value if isinstance(value, str) and _ID.fullmatch(value) else None


def _text(value: object) -> str:
    """Return text that PostgreSQL stores: half a surrogate pair or a NUL, which JSON may hold, is replaced."""
    if not isinstance(value, str):
        return ""
    return value.encode("utf-8", "replace").decode().replace("\0", "\N{REPLACEMENT CHARACTER}")
