"""The inside of a measuring process: does one work and tells how long it took, and how much CPU and memory."""

import json
import sys
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from importlib import import_module
from typing import Any

from benchmarks.memory import PeakMemory

Facts = dict[str, Any]
Work = Callable[[], Facts]
Leg = Callable[..., AbstractContextManager[Work]]
"""Takes the task's values, opens what the work needs, and gives the work that is measured."""


def main() -> None:
    """Read `{"leg": "module:name", "task": {...}}` from stdin; the last line of stdout is the outcome as JSON."""
    order = json.load(sys.stdin)
    module, _, name = order["leg"].partition(":")
    leg: Leg = getattr(import_module(module), name)
    with leg(**order["task"]) as work:
        outcome = _measured(work)
    print(json.dumps(outcome), flush=True)


def _measured(work: Work) -> Facts:
    memory = PeakMemory()
    started, cpu = time.perf_counter(), time.process_time()
    facts = work()
    seconds, cpu_s = time.perf_counter() - started, time.process_time() - cpu
    return {"seconds": seconds, "cpu_s": cpu_s, "peak_bytes": memory.peak_bytes(), "facts": facts}


if __name__ == "__main__":
    main()
