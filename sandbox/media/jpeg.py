"""A baseline JPEG of flat 8x8 blocks (ITU-T T.81), padded after its end marker, where viewers no longer look."""

import struct
from functools import lru_cache

from sandbox.media.layout import Generated
from sandbox.media.picture import SIZES, Pixel, pixels

_BLOCK = 8

# Each code is (bits, number of bits). Only the mean of a block is coded (DC); one code ends every block (AC).
_DC_COUNTS = (0, 1, 5, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0)
_DC_CODES = {0: (0b00, 2), 1: (0b010, 3), 2: (0b011, 3), 3: (0b100, 3), 4: (0b101, 3), 5: (0b110, 3), 6: (0b1110, 4)}
_DC_CODES |= {7: (0b11110, 5), 8: (0b111110, 6), 9: (0b1111110, 7), 10: (0b11111110, 8), 11: (0b111111110, 9)}
_END_OF_BLOCK = (0b0, 1)


def make(seed: str, size: int) -> Generated:
    """Return a picture of exactly `size` bytes."""
    for width, height in SIZES:
        picture = _picture(seed, width, height)
        if len(picture) <= size:
            break
    return Generated(seed, size, picture, 0, lambda _: b"")


@lru_cache(maxsize=32)
def _picture(seed: str, width: int, height: int) -> bytes:
    """Return the JPEG; width and height count blocks / 8, rounded up, of the picture's own pixels."""
    across, down = -(-width // _BLOCK), -(-height // _BLOCK)
    rows = pixels(seed, across, down)
    components = b"".join(bytes((number, 0x11, 0)) for number in (1, 2, 3))
    return b"".join(
        (
            b"\xff\xd8",
            _segment(0xE0, b"JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"),
            _segment(0xDB, bytes([0, _BLOCK]) + bytes([1]) * 63),
            _segment(0xC0, struct.pack(">BHHB", 8, down * _BLOCK, across * _BLOCK, 3) + components),
            _segment(0xC4, bytes([0x00, *_DC_COUNTS, *range(12)])),
            _segment(0xC4, bytes([0x10, 1, *([0] * 15), 0])),
            _segment(0xDA, bytes((3, 1, 0, 2, 0, 3, 0, 0, 63, 0))),
            _scan([pixel for row in rows for pixel in row]),
            b"\xff\xd9",
        )
    )


def _segment(marker: int, data: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(data) + 2) + data


def _scan(blocks: list[Pixel]) -> bytes:
    """Return the coded blocks: per component the difference to the block before."""
    bits: list[str] = []
    last = [0, 0, 0]
    for block in blocks:
        for component, value in enumerate(_ycbcr(block)):
            bits.append(_coded(value - last[component]))
            last[component] = value
    text = "".join(bits)
    text += "1" * (-len(text) % 8)
    return int(text, 2).to_bytes(len(text) // 8, "big").replace(b"\xff", b"\xff\x00")


def _coded(difference: int) -> str:
    length = abs(difference).bit_length()
    code, width = _DC_CODES[length]
    value = difference if difference >= 0 else difference + (1 << length) - 1
    return f"{code:0{width}b}" + (f"{value:0{length}b}" if length else "") + f"{_END_OF_BLOCK[0]:0{_END_OF_BLOCK[1]}b}"


def _ycbcr(pixel: Pixel) -> tuple[int, int, int]:
    red, green, blue = pixel
    luma = 0.299 * red + 0.587 * green + 0.114 * blue
    return round(luma) - 128, round(0.564 * (blue - luma)), round(0.713 * (red - luma))
