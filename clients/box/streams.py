"""A buffer as the seekable stream that an upload wants, without a copy of it."""

import io


class BufferStream(io.BufferedIOBase):
    """Reads a buffer from its start. `read` returns views, not bytes: what sends them takes either."""

    def __init__(self, content: bytes | bytearray | memoryview) -> None:
        super().__init__()
        self._view = memoryview(content)
        self._position = 0

    def __len__(self) -> int:
        return len(self._view)

    def readable(self) -> bool:
        """Always."""
        return True

    def seekable(self) -> bool:
        """Always: a try that failed is rewound."""
        return True

    def tell(self) -> int:
        """Return the position."""
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Move within the buffer."""
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: len(self._view)}[whence]
        self._position = max(0, min(base + offset, len(self._view)))
        return self._position

    def read(self, size: int | None = -1) -> memoryview:  # type: ignore[override]
        """Return a view of up to `size` bytes, empty at the end."""
        start = self._position
        end = len(self._view) if size is None or size < 0 else min(start + size, len(self._view))
        self._position = end
        return self._view[start:end]
