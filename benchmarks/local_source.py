"""A file on disk as a source of the relay."""

from collections.abc import Iterator
from contextlib import contextmanager
from io import FileIO
from pathlib import Path


class LocalFile:
    """The content of a file, for which nobody promises a checksum."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.name = path.name
        self.size_bytes = path.stat().st_size
        self.md5: str | None = None

    @contextmanager
    def open(self, offset: int) -> Iterator["_Stream"]:
        """Open the file at `offset`."""
        with FileIO(self._path) as file:
            file.seek(offset)
            yield _Stream(file, offset)


class _Stream:
    def __init__(self, file: FileIO, offset: int) -> None:
        self.offset = offset
        self._file = file

    def readinto(self, buffer: memoryview, /) -> int:
        return self._file.readinto(buffer) or 0
