"""How a generated file lies: a head, noise, a tail."""

import hashlib
import random
import zlib
from collections.abc import Callable, Iterator
from functools import cached_property, lru_cache

# A prime: no part size is a multiple of it, so parts that are swapped never look alike.
_PERIOD = 1_048_573


@lru_cache(maxsize=1)
def _noise() -> bytes:
    return random.Random(20).randbytes(_PERIOD) * 2  # twice, so that a whole period can be cut out at any phase


def phase_of(seed: str) -> int:
    """Return where in the noise a file with this seed begins."""
    return int.from_bytes(hashlib.sha256(seed.encode()).digest()[:6], "big") % _PERIOD


class Generated:
    """A file of exactly `size` bytes, read at any offset. `tail` is made at first use: it may need the noise's CRC."""

    def __init__(self, seed: str, size: int, head: bytes, tail_size: int, tail: Callable[["Generated"], bytes]) -> None:
        self.size = size
        self.head = head
        self.noise_size = size - len(head) - tail_size
        if self.noise_size < 0:
            raise ValueError(f"{size} bytes are too few: this kind of file needs {len(head) + tail_size}")
        self._phase = phase_of(seed)
        self._make_tail = tail

    @cached_property
    def tail(self) -> bytes:
        """What follows the noise."""
        return self._make_tail(self)

    def read(self, offset: int, length: int) -> bytes:
        """Return up to `length` bytes from `offset`; b"" at the end."""
        end = min(offset + length, self.size)
        noise_end = len(self.head) + self.noise_size
        pieces: list[bytes | memoryview] = [self.head[offset:end]]
        pieces += self._noise_between(max(offset, len(self.head)), min(end, noise_end))
        if end > noise_end:
            pieces.append(self.tail[max(offset - noise_end, 0) : end - noise_end])
        return b"".join(pieces)

    def noise_crc(self, start: int = 0) -> int:
        """Return the CRC-32 of the noise, going on from `start`."""
        crc, position, end = start, len(self.head), len(self.head) + self.noise_size
        while position < end:
            for piece in self._noise_between(position, min(position + _PERIOD, end)):
                crc = zlib.crc32(piece, crc)
            position += _PERIOD
        return crc

    def _noise_between(self, start: int, end: int) -> Iterator[memoryview]:
        view = memoryview(_noise())
        while start < end:
            at = (start - len(self.head) + self._phase) % _PERIOD
            length = min(end - start, _PERIOD)
            yield view[at : at + length]
            start += length


Maker = Callable[[str, int], Generated]


def plain(seed: str, size: int) -> Generated:
    """Return noise that no viewer opens."""
    head = hashlib.sha256(seed.encode()).digest()[:size]
    return Generated(seed, size, head, 0, lambda _: b"")
