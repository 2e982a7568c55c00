"""What a relay asks of the system it reads from and of the notebook it keeps."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Protocol

Progress = Callable[[int], None]
"""Is told how many bytes the target holds so far; called from several threads, one at a time."""


class ByteStream(Protocol):
    """Content under way. A break raises ServiceUnavailable."""

    @property
    def offset(self) -> int:
        """Where the stream really starts: 0 when the server ignores the offset that was asked for."""

    def readinto(self, buffer: memoryview, /) -> int:
        """Fill the start of `buffer`, waiting for at least one byte; return how many, 0 at the end."""


class Source(Protocol):
    """An asset's content. `md5` is hex, None when nothing is promised."""

    @property
    def name(self) -> str:
        """The asset's name, for messages."""

    @property
    def size_bytes(self) -> int:
        """The size that is promised."""

    @property
    def md5(self) -> str | None:
        """The checksum that is promised."""

    def open(self, offset: int) -> AbstractContextManager[ByteStream]:
        """Open the content from `offset` on."""


class Journal(Protocol):
    """Remembers unfinished uploads across runs, as plain JSON. Every method is called from several threads."""

    def load(self, key: str) -> dict[str, Any] | None:
        """Return `{"session": {...}, "parts": [...]}`, or None."""

    def save(self, key: str, session: dict[str, Any]) -> None:
        """Remember a session, in the place of an older one."""

    def add_part(self, key: str, part: dict[str, Any]) -> None:
        """Remember that a part has arrived."""

    def forget(self, key: str) -> None:
        """Forget the session; nothing happens when there is none."""


@dataclass(frozen=True, slots=True)
class Destination:
    """Where the content goes: a name in a Box folder."""

    folder_id: str
    name: str
