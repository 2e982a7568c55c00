"""Content of simulated files: taken in piece by piece, kept on disk where there is a folder, else in memory."""

import asyncio
import hashlib
import io
import os
import tempfile
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, Protocol, cast

_BLOCK = 1024 * 1024


class Content(Protocol):
    """Bytes of a file; `sha1` is hex. The blobs of `sandbox.blobs` are such contents."""

    @property
    def size(self) -> int:
        """Bytes."""

    @property
    def sha1(self) -> str:
        """Checksum."""

    def read(self, offset: int, length: int) -> bytes:
        """Return up to `length` bytes from `offset`; b"" at the end."""


class Spool:
    """Content on its way in. Ends with `finish` or `discard`."""

    def __init__(self, folder: Path | None) -> None:
        self.size = 0
        self._path: Path | None = None
        self._sha1 = hashlib.sha1(usedforsecurity=False)
        self._pending = bytearray()
        self._file = self._open(folder)

    async def write(self, data: bytes) -> None:
        """Take the next bytes; hashing and writing happen in a thread, a megabyte at a time."""
        self._pending += data
        self.size += len(data)
        if len(self._pending) >= _BLOCK:
            await asyncio.to_thread(self._flush)

    async def finish(self) -> Content:
        """Return the content."""
        await asyncio.to_thread(self._flush)
        if self._path is None:
            return _InMemory(cast(io.BytesIO, self._file), self.size, self._sha1.hexdigest())
        self._file.close()
        return _OnDisk(self._path, self.size, self._sha1.hexdigest())

    def discard(self) -> None:
        """Throw away what came in."""
        self._file.close()
        if self._path is not None:
            self._path.unlink(missing_ok=True)

    def _open(self, folder: Path | None) -> IO[bytes]:
        if folder is None:
            return io.BytesIO()
        handle, path = tempfile.mkstemp(dir=folder, prefix="content-")
        self._path = Path(path)
        return os.fdopen(handle, "wb")

    def _flush(self) -> None:
        self._sha1.update(self._pending)
        self._file.write(self._pending)
        self._pending.clear()


class _InMemory:
    def __init__(self, buffer: io.BytesIO, size: int, sha1: str) -> None:
        self._buffer = buffer
        self.size = size
        self.sha1 = sha1

    def read(self, offset: int, length: int) -> bytes:
        return bytes(self._buffer.getbuffer()[offset : offset + length])


class _OnDisk:
    def __init__(self, path: Path, size: int, sha1: str) -> None:
        self._path = path
        self.size = size
        self.sha1 = sha1

    def read(self, offset: int, length: int) -> bytes:
        with self._path.open("rb") as file:
            file.seek(offset)
            return file.read(length)

    def discard(self) -> None:
        self._path.unlink(missing_ok=True)


class Joined:
    """The contents of an upload's parts, one after the other, without copying them."""

    def __init__(self, parts: Sequence[Content]) -> None:
        self._parts = tuple(parts)
        self._starts = [0]
        for part in parts:
            self._starts.append(self._starts[-1] + part.size)
        self.size = self._starts[-1]
        self.sha1 = _sha1_of(self._parts)

    def read(self, offset: int, length: int) -> bytes:
        """Return up to `length` bytes from `offset`; fewer at the end of a part."""
        if offset >= self.size:
            return b""
        index = bisect_right(self._starts, offset) - 1
        return self._parts[index].read(offset - self._starts[index], length)

    def discard(self) -> None:
        """Delete the parts' files."""
        for part in self._parts:
            discard(part)


def blocks(content: Content, start: int, end: int) -> Iterator[bytes]:
    """Yield the bytes from `start` up to `end`."""
    while start < end and (block := content.read(start, min(_BLOCK, end - start))):
        start += len(block)
        yield block


def discard(content: Content) -> None:
    """Delete the file behind `content`, where there is one that the spool made."""
    if isinstance(content, _OnDisk | Joined):
        content.discard()


def _sha1_of(parts: Sequence[Content]) -> str:
    digest = hashlib.sha1(usedforsecurity=False)
    for part in parts:
        for block in blocks(part, 0, part.size):
            digest.update(block)
    return digest.hexdigest()
