"""A source as the relay wants it, with faults on demand, and the notebook it keeps, in memory."""

import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from domain.errors import ServiceError, ServiceUnavailable
from sandbox.blobs import Blob, BytesBlob

_PROMISED = "as it is"


class BlobSource:
    """Content out of a blob. Each entry of `breaks_at` and `ends_at` strikes once, at that byte of the content."""

    def __init__(
        self,
        name: str,
        content: Blob | bytes,
        *,
        size_bytes: int | None = None,
        md5: str | None = _PROMISED,
        breaks_at: list[int] | None = None,
        ends_at: list[int] | None = None,
        honours_range: bool = True,
        resumes_late_by: int = 0,
        refuses: ServiceError | None = None,
        refuses_after_a_break: ServiceError | None = None,
        beyond_the_end: ServiceError | None = None,
    ) -> None:
        self.blob: Blob = BytesBlob(content) if isinstance(content, bytes) else content
        self.name = name
        self.size_bytes = self.blob.size if size_bytes is None else size_bytes
        self.md5 = self.blob.md5 if md5 == _PROMISED else md5
        self.breaks_at = list(breaks_at or [])
        self.ends_at = list(ends_at or [])
        self.honours_range = honours_range
        self.resumes_late_by = resumes_late_by
        self.refuses = refuses
        self.refuses_after_a_break = refuses_after_a_break
        self.beyond_the_end = beyond_the_end
        self.opened_at: list[int] = []
        self.open_streams = 0
        self.bytes_served = 0

    @contextmanager
    def open(self, offset: int) -> Iterator["_BlobStream"]:
        self.opened_at.append(offset)
        if self.refuses is not None:
            raise self.refuses
        if self.beyond_the_end is not None and offset >= self.blob.size:
            raise self.beyond_the_end
        start = offset + self.resumes_late_by if offset else 0
        self.open_streams += 1
        try:
            yield _BlobStream(self, start if self.honours_range else 0)
        finally:
            self.open_streams -= 1


class _BlobStream:
    def __init__(self, source: BlobSource, offset: int) -> None:
        self.offset = offset
        self._source = source
        self._position = offset

    def readinto(self, buffer: memoryview, /) -> int:
        source, size = self._source, len(buffer)
        for points in (source.breaks_at, source.ends_at):
            if points and points[0] >= self._position:
                size = min(size, points[0] - self._position)
        if size == 0 and source.ends_at[:1] == [self._position]:
            source.ends_at.pop(0)
            return 0
        if size == 0:
            source.breaks_at.pop(0)
            source.refuses = source.refuses_after_a_break
            raise ServiceUnavailable("the connection broke", service="DAM")
        data = source.blob.read(self._position, size)
        buffer[: len(data)] = data
        self._position += len(data)
        source.bytes_served += len(data)
        return len(data)


class MemoryJournal:
    """The journal of uploads, kept in memory."""

    def __init__(self) -> None:
        self.entries: dict[str, dict[str, Any]] = {}
        self._lock = threading.Lock()

    def load(self, key: str) -> dict[str, Any] | None:
        with self._lock:
            return self.entries.get(key)

    def save(self, key: str, session: dict[str, Any]) -> None:
        with self._lock:
            self.entries[key] = {"session": session, "parts": []}

    def add_part(self, key: str, part: dict[str, Any]) -> None:
        with self._lock:
            self.entries[key]["parts"].append(part)

    def forget(self, key: str) -> None:
        with self._lock:
            self.entries.pop(key, None)


def sha1_of(content: bytes) -> str:
    return hashlib.sha1(content, usedforsecurity=False).hexdigest()
