"""The sandbox as a process of its own, so that its CPU and its interpreter lock are not those of what is measured."""

import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_START_S = 60.0
_STOP_S = 15.0
_RUNS = "The sandbox runs"
_SERVICES = ("BOX_API_URL", "DAM_BASE_URL")
_DOWNLOADS = re.compile(r"^ *Box downloads +(\S+)$", re.MULTILINE)
"""No setting names their host: Box redirects there."""


@contextmanager
def running_sandbox(folder: Path, seed: Path, env_file: Path) -> Iterator[dict[str, str]]:
    """Run it until the block ends; gives the addresses of Box and DAM."""
    log = folder / "sandbox.log"
    command = [
        sys.executable, "-c", "from entrypoints.cli import main; main()", "sandbox", "--any-port",
        "--seed", str(seed), "--env-file", str(env_file), "--folder", str(folder / "sandbox"),
    ]  # fmt: skip
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output, start_new_session=True)
    try:
        _wait(process, log)
        yield _addresses(env_file, log)
    finally:
        _stop(process)


def _wait(process: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + _START_S
    while _RUNS not in log.read_text():
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"the sandbox did not start; see {log}")
        time.sleep(0.05)


def _stop(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    try:
        process.wait(_STOP_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _addresses(env_file: Path, log: Path) -> dict[str, str]:
    values = dict(line.split("=", 1) for line in env_file.read_text().splitlines() if not line.startswith("#"))
    downloads = _DOWNLOADS.search(log.read_text())
    assert downloads is not None
    return {name: values[name].removesuffix("/otmmapi") for name in _SERVICES} | {"BOX_DOWNLOADS": downloads[1]}
