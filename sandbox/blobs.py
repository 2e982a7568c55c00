"""Content of simulated assets: bytes with a known size and checksums, read at any offset."""

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Protocol

from sandbox import media

_BLOCK = 1024 * 1024


class Blob(Protocol):
    """Content. `md5` and `sha1` are hex."""

    @property
    def size(self) -> int:
        """Bytes."""

    @property
    def md5(self) -> str:
        """Checksum as the DAM gives it."""

    @property
    def sha1(self) -> str:
        """Checksum as Box gives it."""

    def read(self, offset: int, length: int) -> bytes:
        """Return up to `length` bytes from `offset`; b"" at the end."""


class _Hashed(ABC):
    """Checksums from one pass over the content, at first use."""

    size: int

    @abstractmethod
    def read(self, offset: int, length: int) -> bytes:
        """Return up to `length` bytes from `offset`; b"" at the end."""

    @cached_property
    def _digests(self) -> tuple[str, str]:
        md5, sha1 = hashlib.md5(usedforsecurity=False), hashlib.sha1(usedforsecurity=False)
        for block in blocks(self):
            md5.update(block)
            sha1.update(block)
        return md5.hexdigest(), sha1.hexdigest()

    @property
    def md5(self) -> str:
        return self._digests[0]

    @property
    def sha1(self) -> str:
        return self._digests[1]


class BytesBlob(_Hashed):
    """Content held in memory."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self.size = len(data)

    def read(self, offset: int, length: int) -> bytes:
        """Return up to `length` bytes from `offset`."""
        return self._data[offset : offset + length]


class FileBlob(_Hashed):
    """Content of a file, which must not change."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.size = path.stat().st_size

    def read(self, offset: int, length: int) -> bytes:
        """Return up to `length` bytes from `offset`."""
        with self._path.open("rb") as file:
            file.seek(offset)
            return file.read(length)


class GeneratedBlob(_Hashed):
    """Content made from a seed: the same bytes for the same arguments, nothing stored.

    `kind` is one of `media.KINDS`; the result opens in a viewer as that, as far as `media` says.
    """

    def __init__(self, seed: str | int, size: int, kind: str = "bin") -> None:
        self.size = size
        self.kind = kind
        self._file = media.generate(kind, str(seed), size)

    def read(self, offset: int, length: int) -> bytes:
        """Return up to `length` bytes from `offset`."""
        return self._file.read(offset, length)


class VideoBlob(_Hashed):
    """A film that plays, padded to its size: as `media.generate_video`, only the film itself stored."""

    def __init__(self, seed: str, size: int, *, ratio: str = "16x9", seconds: int = 6) -> None:
        self.size = size
        self._file = media.generate_video(seed, size, ratio=ratio, seconds=seconds)

    def read(self, offset: int, length: int) -> bytes:
        """Return up to `length` bytes from `offset`."""
        return self._file.read(offset, length)


def blocks(blob: Blob | _Hashed, offset: int = 0, *, block_size: int = _BLOCK) -> Iterator[bytes]:
    """Yield the content from `offset` to its end."""
    while block := blob.read(offset, block_size):
        offset += len(block)
        yield block
