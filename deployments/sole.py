"""One `content-scaling up` for each folder: a second one is refused, what a killed one has left running is stopped."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil

from deployments.supervised import marked_processes
from domain.errors import ConfigError

_STOP_S = 10.0


@contextmanager
def sole_use(folder: Path) -> Iterator[int]:
    """Keep the folder to this process; gives how many processes of a killed one were still there, and are stopped.

    Raises ConfigError where another process has it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ConfigError([f"content-scaling up runs already in {folder}; stop it first"]) from None
        yield _stop_leftovers(f"{folder}/")


def _stop_leftovers(owner: str) -> int:
    left = marked_processes(owner)
    for process in left:
        with suppress(psutil.NoSuchProcess):
            process.terminate()
    _, stubborn = psutil.wait_procs(left, timeout=_STOP_S)
    for process in stubborn:
        with suppress(psutil.NoSuchProcess):
            process.kill()
    return len(left)
