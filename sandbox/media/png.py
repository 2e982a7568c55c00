"""A PNG picture, padded to its size by a private ancillary chunk, which viewers skip (PNG specification, 5.4)."""

import struct
import zlib
from functools import lru_cache

from sandbox.media.layout import Generated
from sandbox.media.picture import SIZES, pixels

_CHUNK_OVERHEAD = 12
_CHUNK_LIMIT = 2**31 - 1
_END = struct.pack(">I4sI", 0, b"IEND", zlib.crc32(b"IEND"))
_PRIVATE = b"saNd"  # lower-case first, second and last letter: ancillary, private, safe to copy


def make(seed: str, size: int) -> Generated:
    """Return a picture of exactly `size` bytes, at most 2 GiB, the largest chunk that PNG knows."""
    for width, height in SIZES:
        picture = _picture(seed, width, height)
        padding = size - len(picture) - _CHUNK_OVERHEAD - len(_END)
        if 0 <= padding <= _CHUNK_LIMIT:
            head = picture + struct.pack(">I4s", padding, _PRIVATE)
            return Generated(seed, size, head, 4 + len(_END), _tail)
    raise ValueError(f"a png cannot have {size} bytes")


def _tail(file: Generated) -> bytes:
    return struct.pack(">I", file.noise_crc(zlib.crc32(_PRIVATE))) + _END


@lru_cache(maxsize=32)
def _picture(seed: str, width: int, height: int) -> bytes:
    rows = pixels(seed, width, height)
    raw = b"".join(b"\x00" + bytes(channel for pixel in row for channel in pixel) for row in rows)
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", zlib.compress(raw, 6))


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
