"""What a video is like: its size in pixels, its length and how it is coded, read with ffprobe."""

from clients.video.facts import VideoFacts
from clients.video.ffprobe import ffprobe_version, probe
from clients.video.names import is_video

__all__ = ["VideoFacts", "ffprobe_version", "is_video", "probe"]
