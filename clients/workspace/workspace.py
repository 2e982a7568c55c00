"""Private folders for files under way: within a budget, on a disk with room, and gone afterwards."""

import errno
import os
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Self

from clients.relay.buffers import BufferBudget
from clients.workspace import leftovers
from domain.errors import ConfigError, StorageFull

_MEGABYTE = 1024 * 1024
_SPARE_BYTES = 256 * _MEGABYTE
_DAY = timedelta(hours=24)


class Workspace:
    """Folders below `root`, given out to threads in the order of asking; leaving the block removes all of them.

    Together they hold `budget_bytes`, counted by what was asked for; one that needs more is let in alone. A thread asks
    for one folder at a time, so nobody waits for ever. `spare_bytes` of the disk are left to others.
    """

    def __init__(
        self,
        root: Path,
        budget_bytes: int,
        *,
        spare_bytes: int = _SPARE_BYTES,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        free_bytes: Callable[[Path], int] = lambda root: shutil.disk_usage(root).free,
    ) -> None:
        self.root = root
        self._budget = BufferBudget(budget_bytes)  # the relays' queue; what it counts here lies on disk
        self._spare = spare_bytes
        self._clock = clock
        self._free_bytes = free_bytes
        self._given_out: dict[Path, int] = {}
        self._lock = threading.Lock()

    @contextmanager
    def folder(self, needs_bytes: int) -> Iterator[Path]:
        """Give an empty folder that only this user can look into; wait while the budget is used up.

        Raises StorageFull where the disk has too little room, ConfigError where the root cannot be used.
        """
        self._budget.acquire(needs_bytes)
        try:
            path, handle = self._make(needs_bytes)
            try:
                yield path
            finally:
                self._remove(path)
                os.close(handle)
        finally:
            self._budget.release(needs_bytes)

    def sweep(self, older_than: timedelta = _DAY, *, now: datetime | None = None) -> list[Path]:
        """Remove what dead processes left longer ago than that; return the folders that are gone.

        Folders of living processes stay, however old, and so does whatever else lies in the root.
        """
        return leftovers.sweep(self.root, older_than=older_than, now=now or self._clock())

    def __enter__(self) -> Self:
        try:
            self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise self._unusable(error) from None
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for path in list(self._given_out):
            self._remove(path)

    def _make(self, needs_bytes: int) -> tuple[Path, int]:
        """Return a new folder with the handle that holds its lock."""
        path = self.root / leftovers.new_name(self._clock())
        try:
            with self._lock:  # two that ask at once must not both be shown the same room
                self._check_room(needs_bytes)
                path.mkdir(mode=0o700)
                self._given_out[path] = needs_bytes
        except OSError as error:
            raise self._unusable(error) from None
        return path, self._locked(path)

    def _locked(self, path: Path) -> int:
        try:
            handle = leftovers.lock(path)
        except OSError as error:
            self._remove(path)
            raise self._unusable(error) from None
        assert handle is not None, "nobody else knows the folder yet"  # noqa: S101
        return handle

    def _check_room(self, needs_bytes: int) -> None:
        """Raise StorageFull where the disk cannot take so much beside what the other folders have still to take."""
        to_come = sum(max(needs - _size_below(path), 0) for path, needs in self._given_out.items())
        missing = needs_bytes + to_come + self._spare - self._free_bytes(self.root)
        if missing > 0:
            raise StorageFull(
                f"the work folder {self.root} has too little room: {_mb(needs_bytes)} are asked for,"
                f" {_mb(missing)} are missing (promised to other files: {_mb(to_come)}, kept free: {_mb(self._spare)})",
                service="work folder",
            )

    def _remove(self, path: Path) -> None:
        leftovers.remove(path)
        with self._lock:
            self._given_out.pop(path, None)

    def _unusable(self, error: OSError) -> ConfigError | StorageFull:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            return StorageFull(f"the work folder {self.root} has no room left", service="work folder")
        return ConfigError([f"the work folder {self.root} cannot be used ({error.strerror})"])


def _size_below(folder: Path) -> int:
    """Return the bytes of all files; one that goes meanwhile counts as nothing."""
    total = 0
    for parent, _, names in os.walk(folder):
        for name in names:
            try:
                total += os.lstat(Path(parent) / name).st_size
            except OSError:
                continue
    return total


def _mb(size_bytes: int) -> str:
    """Return the size for people, never rounded down to nothing."""
    return f"{max(size_bytes / _MEGABYTE, 0.1 if size_bytes else 0):,.1f} MB"
