"""Work done in a fresh process each, measured or killed on the way."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_GLANCE_S = 0.01
_DEADLINE_S = 600.0


@dataclass(frozen=True, slots=True)
class Measurement:
    """What one work cost. `peak_bytes` is memory above what the process held after its imports."""

    name: str
    seconds: float
    cpu_s: float
    peak_bytes: int
    facts: dict[str, Any]
    load: float


class Bench:
    """Starts measuring processes with the same environment, and keeps what they measured."""

    def __init__(self, environment: Mapping[str, str], checkout: Path, log: Path) -> None:
        self.measurements: list[Measurement] = []
        self._environment = {**os.environ, **environment}
        self._checkout = checkout
        self._log = log

    def measure(
        self, title: str, leg: str, *, environment: Mapping[str, str] | None = None, **task: Any
    ) -> Measurement:
        """Have `leg` ("module:name" below this package) done, and note what it cost. Raises RuntimeError."""
        outcome = self._outcome(leg, task, environment or {})
        measured = Measurement(title, **outcome, load=os.getloadavg()[0])
        self.measurements.append(measured)
        return measured

    def ask(self, leg: str, **task: Any) -> dict[str, Any]:
        """Have `leg` done and return what it found out; nothing is noted. Raises RuntimeError."""
        facts: dict[str, Any] = self._outcome(leg, task, {})["facts"]
        return facts

    def kill_when(self, is_time: Callable[[], bool], leg: str, **task: Any) -> None:
        """Have `leg` done and kill its process when `is_time`. Raises RuntimeError when it ends before."""
        with self._started(leg, task, {}) as process:
            deadline = time.monotonic() + _DEADLINE_S
            while not is_time():
                if process.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError(f"{leg} was to be killed and ended by itself; see {self._log}")
                time.sleep(_GLANCE_S)
            process.kill()

    def _outcome(self, leg: str, task: Mapping[str, Any], environment: Mapping[str, str]) -> dict[str, Any]:
        with self._started(leg, task, environment) as process:
            out, _ = process.communicate(timeout=_DEADLINE_S)
            if process.returncode != 0:
                raise RuntimeError(f"{leg}: the measuring process failed; see {self._log}")
        outcome: dict[str, Any] = json.loads(out.splitlines()[-1])
        return outcome

    @contextmanager
    def _started(
        self, leg: str, task: Mapping[str, Any], environment: Mapping[str, str]
    ) -> Iterator["subprocess.Popen[bytes]"]:
        with self._log.open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "benchmarks.child"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                cwd=self._checkout,
                env={**self._environment, **environment},
            )
        with process:
            try:
                assert process.stdin is not None
                process.stdin.write(json.dumps({"leg": f"benchmarks.{leg}", "task": task}).encode())
                process.stdin.close()
                process.stdin = None  # communicate() would flush it
                yield process
            finally:
                process.kill()
