"""A download on its way to the disk: every byte written once, digested as it comes."""

import errno
import hashlib
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import FileIO
from pathlib import Path

from clients.box.box_file import BoxFile
from domain.errors import IntegrityError, ServiceError, ServiceRejected, StorageFull

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


class Landing:
    """The bytes of one file that are there so far. `on_progress` is told how many."""

    def __init__(
        self, file: BoxFile, target: FileIO, path: Path, on_progress: Callable[[int], None] | None = None
    ) -> None:
        self.position = 0
        self._file = file
        self._target = target
        self._path = path
        self._sha1 = hashlib.sha1(usedforsecurity=False)
        self._on_progress = on_progress
        self._ahead = 0

    @property
    def missing(self) -> int:
        """Bytes that have not come yet."""
        return self._file.size_bytes - self.position

    def begin(self, offset: int) -> None:
        """Prepare for bytes from `offset` on; those that are there already are passed over."""
        self._ahead = self.position - offset

    def take(self, block: bytes) -> None:
        """Write the next bytes. Raises IntegrityError when there are too many."""
        passed = min(self._ahead, len(block))
        self._ahead -= passed
        fresh = memoryview(block)[passed:]
        if len(fresh) > self.missing:
            raise self._unfit(f"Box sends more than the {self._file.size_bytes} bytes it told of")
        with _written_to(self._path):
            _write(self._target, fresh)
        self._sha1.update(fresh)
        self.position += len(fresh)
        if self._on_progress is not None and fresh:
            self._on_progress(self.position)

    def check(self) -> None:
        """Raise IntegrityError unless what is on disk is what Box told of."""
        with _written_to(self._path):
            size = os.fstat(self._target.fileno()).st_size
        if size != self._file.size_bytes:
            raise self._unfit(f"{size} bytes arrived of {self._file.size_bytes}")
        if self._sha1.hexdigest() != self._file.sha1:
            raise self._unfit(f"SHA-1 {self._sha1.hexdigest()} arrived, Box told of {self._file.sha1 or 'none'}")

    def _unfit(self, reason: str) -> IntegrityError:
        message = f"{self._file.name}: Box file {self._file.file_id}: {reason}; the next run looks at it afresh"
        return IntegrityError(message, service="Box")


@contextmanager
def new_file(path: Path) -> Iterator[FileIO]:
    """Make a file that only its owner can read, and remove it when the block fails.

    Raises ServiceRejected when there is one of that name: what is there is never touched.
    """
    with _written_to(path):
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with FileIO(descriptor, "w") as target:  # unbuffered: closing a buffer on a full disk fails once more
            yield target
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def _write(target: FileIO, data: memoryview) -> None:
    while data:
        data = data[target.write(data) :]


@contextmanager
def _written_to(path: Path) -> Iterator[None]:
    """Tell what is wrong with the disk, which must not be taken for a broken connection."""
    try:
        yield
    except OSError as error:
        failure = _disk_trouble(error, path)
    else:
        return
    raise failure


def _disk_trouble(error: OSError, path: Path) -> ServiceError:
    if error.errno in _FULL:
        return StorageFull(f"{path.name}: no room for it in {path.parent} on this machine", service="disk")
    return ServiceRejected(f"{path.name}: cannot be written in {path.parent} ({error.strerror})", service="disk")
