"""Short films that play: rendered by ffmpeg where it is installed, else the ones shipped in `samples`.

They show ffmpeg's own test picture (https://ffmpeg.org/ffmpeg-filters.html, testsrc): nobody has rights in them.
"""

import shutil
import subprocess
import tempfile
from functools import lru_cache
from pathlib import Path

SAMPLE_SECONDS = 6
SHORT_SIDE = 360
"""Pixels; the other side follows from the ratio."""

_SAMPLES = Path(__file__).parent / "samples"
_TIMEOUT_S = 120


class RenderError(RuntimeError):
    """There is no ffmpeg, or it did not make the video."""


@lru_cache(maxsize=32)
def film(ratio: str = "16x9", seconds: int = SAMPLE_SECONDS) -> bytes:
    """Return an MP4 file of at most a few hundred KB; without ffmpeg, the sample that is nearest in shape."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "film.mp4"
        try:
            render_video(path, seconds, *frame_size(ratio))
        except RenderError:
            return sample(ratio)
        return path.read_bytes()


@lru_cache(maxsize=3)
def sample(ratio: str = "16x9") -> bytes:
    """Return the shipped film, 6 seconds, that is nearest in shape: 16x9, 1x1 or 9x16. The same on every machine."""
    width, height = frame_size(ratio)
    shape = "16x9" if width > height else "9x16" if width < height else "1x1"
    return (_SAMPLES / f"{shape}.mp4").read_bytes()


def frame_size(ratio: str) -> tuple[int, int]:
    """Return width and height in pixels, both even, as H.264 needs them.

    >>> frame_size("16x9"), frame_size("1x1"), frame_size("4x5")
    ((640, 360), (360, 360), (360, 450))
    """
    across, down = (max(int(side), 1) for side in ratio.split("x"))
    scale = SHORT_SIDE / min(across, down)
    return 2 * round(across * scale / 2), 2 * round(down * scale / 2)


def render_video(  # noqa: PLR0913 - what a video is described by
    path: Path,
    seconds: int = SAMPLE_SECONDS,
    width: int = 640,
    height: int = SHORT_SIDE,
    *,
    frame_rate: int = 25,
    with_sound: bool = True,
) -> None:
    """Make an H.264 video in MP4, its index in front, the same bytes for the same arguments. Raises RenderError."""
    ffmpeg = shutil.which("ffmpeg")
    if ffmpeg is None:
        raise RenderError("ffmpeg is not installed")
    picture = ["-f", "lavfi", "-i", f"testsrc=size={width}x{height}:rate={frame_rate}:duration={seconds}"]
    sound = ["-f", "lavfi", "-i", f"sine=frequency=440:sample_rate=22050:duration={seconds}"] if with_sound else []
    command = [ffmpeg, "-v", "error", "-nostdin", "-y", *picture, *sound, *_ENCODING, f"file:{path.absolute()}"]
    try:
        subprocess.run(command, check=True, capture_output=True, timeout=_TIMEOUT_S)  # noqa: S603 - no shell
    except (OSError, subprocess.SubprocessError) as error:
        detail = getattr(error, "stderr", None) or str(error).encode()
        raise RenderError(f"ffmpeg made no video: {detail.decode(errors='replace').strip()}") from error


_ENCODING = [
    *("-c:v", "libx264", "-preset", "veryfast", "-crf", "28", "-g", "250", "-pix_fmt", "yuv420p"),
    *("-c:a", "aac", "-b:a", "16k", "-ac", "1"),
    # One thread, no version texts (the first unit of x264's stream holds one): the same bytes on every run.
    *("-threads", "1", "-bsf:v", "filter_units=remove_types=6", "-map_metadata", "-1"),
    *("-fflags", "+bitexact", "-flags:v", "+bitexact", "-flags:a", "+bitexact", "-movflags", "+faststart"),
]
