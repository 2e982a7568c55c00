"""Generated files that open in a viewer, of any size, deterministic by seed, without storing them.

`mp4` is a film of 6 seconds, or a container without a track where the size cannot hold one. Padding is noise, so
nothing on the way can compress it away or mistake one part for another.
"""

from sandbox.media import documents, jpeg, mp4, png
from sandbox.media.layout import Generated, Maker, plain

_MAKERS: dict[str, Maker] = {
    "bin": plain,
    "jpg": jpeg.make,
    "mp4": mp4.make,
    "pdf": documents.make_pdf,
    "png": png.make,
    "zip": documents.make_zip,
}

KINDS = tuple(_MAKERS)

MIME_TYPES = {
    "bin": "application/octet-stream",
    "jpg": "image/jpeg",
    "mp4": "video/mp4",
    "pdf": "application/pdf",
    "png": "image/png",
    "zip": "application/zip",
}


def generate(kind: str, seed: str, size: int) -> Generated:
    """Return a file of exactly `size` bytes. Raises ValueError for an unknown kind or a size that cannot hold it."""
    if kind not in _MAKERS:
        raise ValueError(f"unknown kind of content {kind!r}; known: {', '.join(KINDS)}")
    return _MAKERS[kind](seed, size)


def generate_video(seed: str, size: int, *, ratio: str = "16x9", seconds: int = 6) -> Generated:
    """Return an MP4 file of exactly `size` bytes, the film of that shape and, where ffmpeg is installed, that length.

    Raises ValueError for a size that cannot hold it; a few hundred KB always can.
    """
    return mp4.make_video(seed, size, ratio, seconds)
