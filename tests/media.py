"""What tests with real videos need on the machine."""

import shutil

import pytest

needs_ffprobe = pytest.mark.skipif(shutil.which("ffprobe") is None, reason="ffprobe (Debian: ffmpeg) is not installed")
