"""MP4 files (ISO/IEC 14496-12): a film padded by a free box, which players skip, or the shell of one."""

import struct

from sandbox.media import films
from sandbox.media.layout import Generated

_LARGE = 2**32 - 1
_BOX_HEAD = 8


def make(seed: str, size: int) -> Generated:
    """Return a film of exactly `size` bytes, the same on every machine; a shell where so few cannot hold one."""
    film = films.sample()
    return padded(film, seed, size) if size >= len(film) + _BOX_HEAD else make_shell(seed, size)


def make_video(seed: str, size: int, ratio: str, seconds: int) -> Generated:
    """Return a film of that shape and, where ffmpeg is installed, length. Raises ValueError for too few bytes."""
    return padded(films.film(ratio, seconds), seed, size)


def make_shell(seed: str, size: int) -> Generated:
    """Return a container without a track: what is left of a video whose index was never written."""
    head = struct.pack(">I4s4sI4s4s", 24, b"ftyp", b"isom", 0x200, b"isom", b"mp42")
    return Generated(seed, size, head + _box(b"mdat", size - len(head)), 0, lambda _: b"")


def padded(film: bytes, seed: str, size: int) -> Generated:
    """Return the film with noise behind it that makes it `size` bytes long. Raises ValueError for too few."""
    return Generated(seed, size, film + _box(b"free", size - len(film)), 0, lambda _: b"")


def _box(kind: bytes, length: int) -> bytes:
    """Return the head of a box; the length 1 says that the real one follows in 64 bits."""
    if length > _LARGE:
        return struct.pack(">I4sQ", 1, kind, length)
    return struct.pack(">I4s", max(length, _BOX_HEAD), kind)
