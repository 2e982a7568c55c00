"""The command `python -m benchmarks`: runs the benchmarks asked for, in order, and reports."""

import argparse
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

from rich.console import Console

from benchmarks import campaign, homecoming, kill, upload, whole_relay
from benchmarks.report import Verdict, show, write_json
from benchmarks.scale import FULL, QUICK
from benchmarks.world import BOX_LIMITS, World, running_world

BENCHMARKS: dict[str, Callable[[World], list[Verdict]]] = {
    "a": campaign.run,
    "b": upload.run,
    "c": whole_relay.run,
    "d": kill.run,
    "e": homecoming.run,
}

_WIDTH = 110
"""Of a log file."""


def main() -> None:
    """Run and report. A missed aim is no failure: what is slow on this machine may be the machine."""
    options = _options()
    scale = QUICK if options.quick else FULL
    checkout = Path(__file__).resolve().parents[1]
    console = Console(width=None if sys.stdout.isatty() else _WIDTH)
    verdicts, started = list[Verdict](), time.monotonic()
    with running_world(checkout / ".data" / "bench", checkout, scale) as world:
        for letter in options.letters or BENCHMARKS:
            console.print(f"… {sys.modules[BENCHMARKS[letter].__module__].__doc__}", style="dim", highlight=False)
            verdicts += BENCHMARKS[letter](world)
        measurements, refused = world.bench.measurements, world.rate_limited()
    seconds = time.monotonic() - started
    show(verdicts, measurements, scale, console)
    limits = f"{BOX_LIMITS['calls_per_minute']} calls and {BOX_LIMITS['uploads_per_minute']} uploads a minute"
    console.print(f"\nBox allowed {limits}, and refused {refused} calls.", highlight=False)
    console.print(f"{scale.name} run, {seconds:.0f} s, {os.cpu_count()} cores", highlight=False)
    if options.json:
        write_json(options.json, verdicts, measurements, scale, seconds)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("letters", nargs="*", metavar="a b c d e", help="which ones; all where left out")
    parser.add_argument("--quick", action="store_true", help="smaller files: about six minutes instead of twenty")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures there")
    options = parser.parse_args()
    if unknown := sorted(set(options.letters) - set(BENCHMARKS)):
        parser.error(f"there is no benchmark {', '.join(unknown)}; there are {', '.join(BENCHMARKS)}")
    return options


if __name__ == "__main__":
    main()
