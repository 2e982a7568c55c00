"""Upload sessions of a simulated Box: parts that never change, put together by a commit."""

import datetime as dt
import hmac
import re
import threading
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sandbox.box import errors
from sandbox.box.content import Content, Joined, discard
from sandbox.box.items import File
from sandbox.box.settings import BoxSettings

_RANGE = re.compile(r"bytes (\d+)-(\d+)/(\d+)")


@dataclass(frozen=True, slots=True)
class Part:
    """A part as it was taken in."""

    part_id: str
    offset: int
    content: Content

    def to_json(self) -> dict[str, Any]:
        """Return the part as Box shows it."""
        facts = {"part_id": self.part_id, "offset": self.offset, "size": self.content.size}
        return {**facts, "sha1": self.content.sha1}


@dataclass(slots=True)
class UploadSession:
    """One chunked upload: of a new file in `folder_id`, or of a new version of `file_id`."""

    id: str
    user_id: str
    name: str
    size: int
    part_size: int
    expires_at: dt.datetime
    folder_id: str | None = None
    file_id: str | None = None
    parts: dict[int, Part] = field(default_factory=dict)
    commits: int = 0
    stored: File | None = None

    @property
    def total_parts(self) -> int:
        """How many parts make the whole."""
        return -(-self.size // self.part_size)

    def check_range(self, content_range: str) -> tuple[int, int]:
        """Return offset and length that a Content-Range names; 416 when they are not those of a part."""
        match = _RANGE.fullmatch(content_range.strip())
        if match is None:
            raise errors.bad_request(f"Invalid content-range {content_range!r}", "content-range")
        first, last, total = (int(number) for number in match.groups())
        if total != self.size:
            raise errors.part_range_wrong(f"The session is for {self.size} bytes, not {total}")
        if first % self.part_size or last != min(first + self.part_size, self.size) - 1:
            raise errors.part_range_wrong(f"A part of this session has {self.part_size} bytes, the last one the rest")
        return first, last - first + 1


class Sessions:
    """The open upload sessions. Every method is thread-safe; refusals are BoxErrors."""

    def __init__(self, settings: BoxSettings, now: Callable[[], dt.datetime]) -> None:
        self.lock = threading.RLock()
        self.aborted = 0
        self._settings = settings
        self._now = now
        self._open: dict[str, UploadSession] = {}

    def open(
        self, user_id: str, name: str, size: int, *, folder_id: str | None = None, file_id: str | None = None
    ) -> UploadSession:
        """Start a session."""
        if size < self._settings.min_session_bytes:
            raise errors.session_too_small()
        expires_at = self._now() + dt.timedelta(seconds=self._settings.session_ttl_s)
        part_size = self._settings.part_bytes
        session = UploadSession(
            uuid.uuid4().hex.upper(), user_id, name, size, part_size, expires_at, folder_id, file_id
        )
        with self.lock:
            self._open[session.id] = session
        return session

    def get(self, session_id: str, user_id: str) -> UploadSession:
        """Return an open session of this user; 404 when it is gone, 403 when another user opened it."""
        with self.lock:
            session = self._open.get(session_id)
            if session is None or session.expires_at <= self._now():
                self._drop(session_id)
                raise errors.session_not_found(session_id)
            if session.user_id != user_id:
                raise errors.access_denied()
            return session

    def all(self) -> list[UploadSession]:
        """Return the sessions that are open and not expired."""
        with self.lock:
            return [session for session in self._open.values() if session.expires_at > self._now()]

    def check_new(self, session: UploadSession, offset: int) -> None:
        """Refuse with 409 when there is a part at this offset already."""
        with self.lock:
            if offset in session.parts:
                raise errors.part_overlaps()

    def add_part(self, session: UploadSession, offset: int, content: Content) -> Part:
        """Keep a part; of two that come at once the first one wins."""
        with self.lock:
            self.get(session.id, session.user_id)
            self.check_new(session, offset)
            part = Part(uuid.uuid4().hex[:8].upper(), offset, content)
            session.parts[offset] = part
            return part

    def listed(self, session: UploadSession) -> list[Part]:
        """Return the parts in order of their offsets; by switch the newest ones are missing."""
        with self.lock:
            newest_first = list(reversed(session.parts.values()))[self._settings.unlisted_parts :]
            return sorted(newest_first, key=lambda part: part.offset)

    def content(self, session: UploadSession, named: Sequence[Mapping[str, Any]], digest: str | None) -> Content:
        """Return the whole content of a commit. It reads every byte: not for an event loop."""
        with self.lock:
            stored = sorted(session.parts.values(), key=lambda part: part.offset)
        wanted = sorted((_offset(part), str(part.get("part_id"))) for part in named)
        is_whole = sum(part.content.size for part in stored) == session.size
        if not is_whole or wanted != [(part.offset, part.part_id) for part in stored]:
            raise errors.parts_mismatch()
        try:
            whole = Joined([part.content for part in stored])
        except FileNotFoundError as error:  # aborted meanwhile
            raise errors.session_not_found(session.id) from error
        if not hmac.compare_digest((digest or "").encode(), whole.sha1.encode()):
            raise errors.bad_digest(self._settings.digest_mismatch_status)
        return whole

    def close(self, session: UploadSession) -> None:
        """Forget a session whose content has become a file."""
        with self.lock:
            self._open.pop(session.id, None)

    def abort(self, session_id: str, user_id: str) -> None:
        """Throw a session and its parts away."""
        with self.lock:
            self.get(session_id, user_id)
            self._drop(session_id)
            self.aborted += 1

    def _drop(self, session_id: str) -> None:
        session = self._open.pop(session_id, None)
        for part in session.parts.values() if session and session.stored is None else ():
            discard(part.content)


def _offset(part: Mapping[str, Any]) -> int:
    offset = part.get("offset")
    return int(offset) if isinstance(offset, int | float) else -1
