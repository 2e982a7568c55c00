"""Child processes that are kept running: started again when they end, with logs that do not grow for ever."""

import logging
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from logging.handlers import RotatingFileHandler
from pathlib import Path

import psutil

from deployments.spawned import spawn, stop

Say = Callable[[str], None]

_FIRST_WAIT_S = 1.0
_LONGEST_WAIT_S = 60.0
_STEADY_S = 60.0
"""What has run for so long is not about to end again: the next wait is the first one."""
_MARK = "CONTENT_SCALING_SUPERVISED"
_LOG_BYTES = 10 * 1024 * 1024
_LOGS_KEPT = 5


@dataclass(frozen=True)
class Program:
    """What is to run: `arguments` follow the interpreter, `environment` is added to ours, `log` gets its output."""

    name: str
    arguments: Sequence[str]
    environment: Mapping[str, str]
    log: Path


class Supervised:
    """A program that is to be running from `start` to `stop`.

    `say` gets a line when it ended by itself, with when it is started again: after one second, then twice as long each
    time. `show` gets each line of its output. `owner` marks all that comes of it, for `marked_processes`.
    """

    def __init__(
        self,
        program: Program,
        *,
        owner: str,
        say: Say,
        show: Say | None = None,
        first_wait_s: float = _FIRST_WAIT_S,
    ) -> None:
        self.program = program
        self._say = say
        self._show = show
        self._mark = f"{owner}/{program.name}"
        self._first_wait_s = first_wait_s
        self._is_over = threading.Event()
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._thread = threading.Thread(target=self._keep_running, name=f"keeps {program.name} running", daemon=True)

    def start(self) -> None:
        """Start the program, and keep it running. Raises OSError where it cannot be started at all."""
        self.program.log.parent.mkdir(parents=True, exist_ok=True)
        self._spawn()
        self._thread.start()

    def stop(self) -> None:
        """Stop it with all that it started; it is not started again."""
        self._is_over.set()
        with self._lock:  # whatever is being started now is stopped as well
            process = self._process
        children = self.descendants()  # some have sessions of their own, as the runs of a worker do
        if process is not None:
            stop(process.pid)
        for child in children:
            with suppress(psutil.NoSuchProcess):
                child.kill()
        if self._thread.is_alive():
            self._thread.join()

    @property
    def pid(self) -> int | None:
        """Process id of the program, None where it is not running now."""
        process = self._process
        return process.pid if process is not None and process.poll() is None else None

    def descendants(self) -> list[psutil.Process]:
        """Return all that comes of it and is still there, also of a program that was killed meanwhile."""
        return [process for process in marked_processes(self._mark) if process.pid != self.pid]

    def _spawn(self) -> "subprocess.Popen[bytes] | None":
        with self._lock:
            if self._is_over.is_set():
                return None
            environment = {**self.program.environment, _MARK: self._mark}
            self._process = spawn(self.program.arguments, environment, output=subprocess.PIPE)
            return self._process

    def _keep_running(self) -> None:
        name, log = self.program.name, self.program.log
        output = _log_file(log)
        process, wait_s = self._process, self._first_wait_s
        while process is not None:
            started = time.monotonic()
            # What a killed program has started may go on, and hold its output open: that is read beside.
            threading.Thread(target=self._copy, args=(process, output), name=f"reads {name}", daemon=True).start()
            code = process.wait()
            if self._is_over.is_set():
                break
            wait_s = self._first_wait_s if time.monotonic() - started > _STEADY_S else wait_s
            self._say(f"{name} ended ({_reason(code)}) and is started again in {wait_s:g} s; see {log}")
            self._is_over.wait(wait_s)
            wait_s = min(2 * wait_s, _LONGEST_WAIT_S)
            process = self._spawn()

    def _copy(self, process: "subprocess.Popen[bytes]", output: RotatingFileHandler) -> None:
        """Write down what the program says until it says no more."""
        assert process.stdout is not None  # noqa: S101  (it is a pipe)
        with process.stdout:
            for raw in process.stdout:
                line = raw.decode("utf-8", "replace").rstrip("\n")
                output.handle(logging.makeLogRecord({"msg": line}))
                if self._show is not None:
                    self._show(line)


def marked_processes(owner: str) -> list[psutil.Process]:
    """Return the processes that came of supervised programs of that owner, as far as we may know."""
    return [process for process in psutil.process_iter() if _mark_of(process).startswith(owner)]


def _mark_of(process: psutil.Process) -> str:
    try:
        return str(process.environ().get(_MARK, ""))
    except (psutil.Error, OSError):  # gone, of another user, or about to be something else
        return ""


def _log_file(path: Path) -> RotatingFileHandler:
    return RotatingFileHandler(path, maxBytes=_LOG_BYTES, backupCount=_LOGS_KEPT, encoding="utf-8")


def _reason(code: int) -> str:
    """Return why a process ended.

    >>> _reason(1), _reason(-9)
    ('exit code 1', 'SIGKILL')
    """
    return f"exit code {code}" if code >= 0 else signal.Signals(-code).name
