"""Runs ffprobe (https://ffmpeg.org/ffprobe.html) on files from outside, and turns its answers into our errors."""

import json
import os
import re
import shutil
import signal
import subprocess
from pathlib import Path
from typing import Any

from clients.video.facts import VideoFacts, read_facts
from domain.errors import ConfigError, MediaRefused, ServiceUnavailable
from domain.filenames.faults import visible

_INSTALL_HINT = "install it: `apt-get install ffmpeg` on Debian and Ubuntu, `brew install ffmpeg` on macOS"

_PROGRAM = "ffprobe"
_SHOWN = 200
"""Characters of ffprobe's own words that an error repeats."""
_STOPPED_FROM_OUTSIDE = {-signal.SIGKILL, -signal.SIGTERM, -signal.SIGINT, -signal.SIGHUP}
_CUT_OFF = re.compile(r"partial file|File ended prematurely")
"""ffprobe goes on after these, and reports what the file says of the whole."""
_WHERE = re.compile(r"^\[[^\]]* @ 0x[0-9a-f]+\] ", re.MULTILINE)

# A text file can be a playlist that makes ffprobe open other files or addresses: only containers are looked into.
_CONTAINERS = "asf,avi,flv,matroska,mov,mpeg,mpegts,mpegvideo,mxf"
_GUARD = ["-protocol_whitelist", "file", "-format_whitelist", _CONTAINERS]
_QUESTION = ":".join(
    (
        "format=duration",
        "stream=codec_type,codec_name,width,height,avg_frame_rate,r_frame_rate,duration",
        "stream_disposition=attached_pic",
        "stream_side_data=rotation",
        "stream_tags=rotate",
    )
)


def probe(path: Path, *, name: str = "", timeout_s: float = 120) -> VideoFacts:
    """Return the facts of a video, which is read to its end, so that one that was cut off is noticed.

    `name` is what messages call it, where that is not the file's own name. Raises MediaRefused for a file that is
    damaged or no video, ConfigError where there is no ffprobe, ServiceUnavailable where it did not come to an end, and
    OSError where there is no such file.
    """
    name = visible(name or path.name)
    if path.stat().st_size == 0:
        raise MediaRefused(f"{name} is empty")
    # With `file:` in front, a name is neither an option nor an address, whatever it begins with.
    address = f"file:{path.absolute()}"
    answer = _run([*_GUARD, "-count_packets", "-show_entries", _QUESTION, "-of", "json", address], name, timeout_s)
    if answer.returncode != 0:
        raise _refused(name, _reason(answer.stderr, address))
    if cut_off := _CUT_OFF.search(answer.stderr):
        raise _refused(name, f"it breaks off: {cut_off.group()}")
    try:
        return read_facts(_report(answer.stdout))
    except ValueError as error:
        raise _refused(name, str(error)) from None


def ffprobe_version() -> str:
    """Return the installed version, such as `5.1.9-0+deb12u1`; raises ConfigError where there is none."""
    answer = _run(["-version"], "its version", timeout_s=20)
    words = answer.stdout.split(maxsplit=3)
    if answer.returncode != 0 or words[:2] != [_PROGRAM, "version"]:
        raise _missing("is installed and does not run")
    return words[2]


def _run(arguments: list[str], name: str, timeout_s: float) -> subprocess.CompletedProcess[str]:
    program = shutil.which(_PROGRAM)
    if program is None:
        raise _missing("is not installed")
    try:
        answer = subprocess.run(  # noqa: S603 - no shell, and the arguments are ours
            [program, "-v", "error", "-hide_banner", *arguments],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=timeout_s,
            check=False,
            encoding="utf-8",
            errors="replace",
            # It works on what strangers send: it is not given our environment, which holds secrets.
            env={"PATH": os.defpath, "LC_ALL": "C"},
        )
    except subprocess.TimeoutExpired:
        raise _unfinished(name, f"did not finish within {timeout_s:g} s") from None
    except OSError as error:
        raise _missing(f"cannot be started ({error.strerror})") from None
    if answer.returncode in _STOPPED_FROM_OUTSIDE:
        raise _unfinished(name, f"was stopped by signal {-answer.returncode}")
    return answer


def _report(text: str) -> dict[str, Any]:
    report = json.loads(text)  # its error is a ValueError
    if not isinstance(report, dict):
        raise ValueError("ffprobe reports nothing about it")  # noqa: TRY004 - the file is at fault, not the caller
    return report


def _missing(reason: str) -> ConfigError:
    return ConfigError([f"{_PROGRAM}: {reason}; {_INSTALL_HINT}"])


def _refused(name: str, reason: str) -> MediaRefused:
    return MediaRefused(f"{name} is damaged or no video ({reason})")


def _reason(said: str, address: str) -> str:
    """Return what ffprobe says is wrong, without the file's place on this machine."""
    if "not on whitelist" in said:
        return "its content is of another kind than a video"
    lines = [line.removeprefix(f"{address}: ") for line in _WHERE.sub("", said).splitlines()]
    return visible("; ".join(lines))[:_SHOWN] or "ffprobe fails on it"


def _unfinished(name: str, what: str) -> ServiceUnavailable:
    return ServiceUnavailable(f"{name}: ffprobe {what}", service=_PROGRAM)
