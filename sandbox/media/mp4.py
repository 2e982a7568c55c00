"""The shell of an MP4 file (ISO/IEC 14496-12): a file type box and media data, no track that tells how to play it."""

import struct

from sandbox.media.layout import Generated

_LARGE = 2**32 - 1


def make(seed: str, size: int) -> Generated:
    """Return a container of exactly `size` bytes."""
    head = struct.pack(">I4s4sI4s4s", 24, b"ftyp", b"isom", 0x200, b"isom", b"mp42")
    length = size - len(head)
    # The length 1 says that the real one follows in 64 bits.
    head += struct.pack(">I4s", length, b"mdat") if length <= _LARGE else struct.pack(">I4sQ", 1, b"mdat", length)
    return Generated(seed, size, head, 0, lambda _: b"")
