"""Which files are videos, told by their names: what agencies hand in carries no other word on it."""

from pathlib import PurePosixPath

_EXTENSIONS = frozenset(
    {
        *("3g2", "3gp", "asf", "avi", "flv", "m2t", "m2ts", "m2v", "m4v", "mkv", "mov", "mp4", "mpeg", "mpg", "mts"),
        *("mxf", "qt", "ts", "webm", "wmv"),
    }
)


def is_video(name: str) -> bool:
    """Tell whether a file of this name is to be measured as a video.

    >>> is_video("1234567_RAF_DE_de_TEST-JOB_OLV_001_6S_16x9_BJP4ho.MP4"), is_video("mp4"), is_video("still.png")
    (True, False, False)
    """
    return PurePosixPath(name).suffix.lower().removeprefix(".") in _EXTENSIONS
