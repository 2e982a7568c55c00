"""PDF and ZIP files whose padding is part of the format: a stream of the PDF, the one entry of the archive."""

import struct
import zlib

from sandbox.media.layout import Generated

_ENTRY = b"content.bin"
_DATE = (1 << 5) | 1 | (44 << 9)  # 2024-01-01 in the archive's MS-DOS notation


def make_pdf(seed: str, size: int) -> Generated:
    """Return a one-page PDF (1.4) of exactly `size` bytes, the noise an unused stream."""
    text = b"BT /F1 24 Tf 72 700 Td (Sandbox document) Tj ET"
    bodies = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(text), text),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    head, offsets = b"%PDF-1.4\n", []
    for number, body in enumerate(bodies, start=1):
        offsets.append(len(head))
        head += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    offsets.append(len(head))
    # Numbers of fixed width keep the head's length, which the stream's length depends on, from changing.
    opening = b"6 0 obj\n<< /Length %010d >>\nstream\n"
    head_size = len(head) + len(opening % 0)
    tail_size = len(_pdf_tail(offsets, 0))
    head += opening % max(0, size - head_size - tail_size)
    return Generated(seed, size, head, tail_size, lambda file: _pdf_tail(offsets, len(file.head) + file.noise_size))


def _pdf_tail(offsets: list[int], stream_end: int) -> bytes:
    closing = b"\nendstream\nendobj\n"
    entries = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    count = len(offsets) + 1
    table = b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<< /Size %d /Root 1 0 R >>\n" % (count, entries, count)
    return closing + table + b"startxref\n%010d\n%%%%EOF\n" % (stream_end + len(closing))


def make_zip(seed: str, size: int) -> Generated:
    """Return an archive of exactly `size` bytes, below 4 GiB, with one stored entry."""
    # Flag 8: CRC and sizes follow the data, so the head does not need them.
    head = struct.pack("<IHHHHHIIIHH", 0x04034B50, 20, 8, 0, 0, _DATE, 0, 0, 0, len(_ENTRY), 0) + _ENTRY
    tail_size = 16 + 46 + len(_ENTRY) + 22
    return Generated(seed, size, head, tail_size, _zip_tail)


def _zip_tail(file: Generated) -> bytes:
    crc, length = file.noise_crc(zlib.crc32(b"")), file.noise_size
    sizes = (crc, length, length)
    descriptor = struct.pack("<IIII", 0x08074B50, *sizes)
    fixed = (0x02014B50, 20, 20, 8, 0, 0, _DATE, *sizes, len(_ENTRY), 0, 0, 0, 0, 0, 0)
    directory = struct.pack("<IHHHHHHIIIHHHHHII", *fixed) + _ENTRY
    start = len(file.head) + length + len(descriptor)
    return descriptor + directory + struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, 1, 1, len(directory), start, 0)
