"""The facts of a video in ffprobe's report, which lists streams and the container (`-of json`)."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class VideoFacts:
    """A video as a viewer sees it: `width` and `height` in pixels after rotation, `codec` as ffprobe names it (`h264`).

    `frame_rate` is the mean, in pictures per second, to three decimals.
    """

    width: int
    height: int
    duration_s: float
    codec: str
    frame_rate: float
    has_audio: bool


def read_facts(report: Json) -> VideoFacts:
    """Return the facts; raises ValueError with the reason where the report lacks one."""
    streams = report.get("streams") or []
    video = _picture_stream(streams)
    width, height = _integer(video.get("width")), _integer(video.get("height"))
    if not (width and height):
        raise ValueError("its picture has no size")
    if _is_turned(video):
        width, height = height, width
    return VideoFacts(
        width=width,
        height=height,
        duration_s=_duration_s(report.get("format") or {}, video),
        codec=_codec(video),
        frame_rate=_frame_rate(video),
        has_audio=any(stream.get("codec_type") == "audio" for stream in streams),
    )


def _picture_stream(streams: Iterable[Json]) -> Json:
    """Return the first stream of pictures that move; a cover picture is listed as a video stream too."""
    for stream in streams:
        is_cover = (stream.get("disposition") or {}).get("attached_pic")
        if stream.get("codec_type") == "video" and not is_cover:
            return stream
    raise ValueError("it holds no moving picture")


def _is_turned(video: Json) -> bool:
    """Tell whether players turn the picture by a quarter: phones store it lying and say so beside it."""
    turns = [_number(data.get("rotation")) for data in video.get("side_data_list") or []]
    # Before version 5, ffprobe gave it as a tag only.
    turns.append(_number((video.get("tags") or {}).get("rotate")))
    return any(round(turn / 90) % 2 for turn in turns if turn is not None)


def _duration_s(container: Json, video: Json) -> float:
    """Return the length; not every container knows it of each stream, so its own comes first."""
    for source in (container, video):
        duration = _number(source.get("duration"))
        if duration is not None and duration > 0:
            return round(duration, 3)
    raise ValueError("it does not say how long it is")


def _codec(video: Json) -> str:
    codec = video.get("codec_name")
    if not codec or codec == "unknown":
        raise ValueError("the coding of its picture is not known")
    return str(codec)


def _frame_rate(video: Json) -> float:
    """Return the mean rate, else the container's own; `0/0` stands for unknown."""
    for name in ("avg_frame_rate", "r_frame_rate"):
        try:
            rate = Fraction(str(video.get(name)))
        except (ValueError, ZeroDivisionError):
            continue
        if rate > 0:
            return round(float(rate), 3)
    raise ValueError("it does not say how many pictures a second it has")


def _integer(value: object) -> int:
    number = _number(value)
    return int(number) if number is not None and number > 0 else 0


def _number(value: object) -> float | None:
    """Return a number, also of a text; None for `N/A`, what is missing and what is not finite."""
    try:
        number = float(str(value))
    except ValueError:
        return None
    return number if math.isfinite(number) else None
