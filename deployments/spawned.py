"""How processes of an installation are started: each in a session of its own, with an interpreter of ours."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import IO

import psutil

_STOP_S = 15.0

# What a script starts in the background inherits SIGINT as ignored; Prefect's worker would then ignore SIGTERM as well.
_PREFECT = """
import runpy, signal
signal.signal(signal.SIGINT, signal.default_int_handler)
runpy.run_module("prefect", run_name="__main__", alter_sys=True)
"""

_OURS = "from entrypoints.cli import main; main()"


def prefect_program(*arguments: str) -> list[str]:
    """Return what an interpreter is to be given to be the command `prefect`."""
    return ["-c", _PREFECT, *arguments]


def our_program(*arguments: str) -> list[str]:
    """Return what an interpreter is to be given to be the command `content-scaling`."""
    return ["-c", _OURS, *arguments]


def spawn(
    arguments: Sequence[str], environment: Mapping[str, str], *, output: IO[bytes] | int
) -> "subprocess.Popen[bytes]":
    """Start an interpreter with these arguments; what it says goes to `output`. `stop` ends it."""
    # In a session of its own: Ctrl-C reaches this process only, which then stops its children in order.
    return subprocess.Popen(  # noqa: S603  the command is ours
        [sys.executable, *arguments],
        stdout=output,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
        env={**os.environ, **environment},
        start_new_session=True,
    )


def stop(pid: int) -> None:
    """Ask a process started here, with all that it started, to end; then make it."""
    for signal_number in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(pid, signal_number)
        except ProcessLookupError:
            return
        deadline = time.monotonic() + _STOP_S
        while time.monotonic() < deadline:
            if not _is_alive(pid):
                return
            time.sleep(0.05)


def _is_alive(group: int) -> bool:
    with suppress(ChildProcessError):  # not a child of this process: nothing to collect
        os.waitpid(group, os.WNOHANG)
    return any(_works_in(process, group) for process in psutil.process_iter())


def _works_in(process: psutil.Process, group: int) -> bool:
    """Tell whether the process is of the group, and not one that ended and was only not collected by its parent."""
    try:
        return os.getpgid(process.pid) == group and process.status() != psutil.STATUS_ZOMBIE
    except (ProcessLookupError, psutil.NoSuchProcess):
        return False
