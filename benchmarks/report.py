"""What was measured, as a table for people and as JSON."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.measuring import Measurement
from benchmarks.scale import MIB, Scale


@dataclass(frozen=True, slots=True)
class Verdict:
    """One aim, and what came of it. Texts are ready to be shown."""

    benchmark: str
    what: str
    baseline: str
    ours: str
    outcome: str
    aim: str
    is_met: bool
    note: str = ""


def show(verdicts: Sequence[Verdict], measurements: Sequence[Measurement], scale: Scale, console: Console) -> None:
    """Print every measurement, then every aim with its outcome."""
    if scale.name != "full":
        console.print(f"\nThis is the {scale.name} run: smaller files, for which the aims are not meant.", style="bold")
    console.print(_costs(measurements))
    console.print(_aims(verdicts, is_judged=scale.name == "full"))


def write_json(
    path: Path, verdicts: Sequence[Verdict], measurements: Sequence[Measurement], scale: Scale, seconds: float
) -> None:
    """Write everything that was measured."""
    report = {
        "scale": asdict(scale),
        "seconds": seconds,
        "verdicts": [asdict(verdict) for verdict in verdicts],
        "measurements": [asdict(measurement) for measurement in measurements],
    }
    path.write_text(json.dumps(report, indent=2) + "\n")


def mib(size_bytes: float) -> str:
    """Return a size for people."""
    return f"{size_bytes / MIB:.1f}".removesuffix(".0") + " MiB"


def _costs(measurements: Sequence[Measurement]) -> Table:
    table = Table(title="What it cost", title_justify="left", title_style="bold", box=None, padding=(0, 2, 0, 0))
    table.add_column("measured")
    for heading in ("wall s", "CPU s", "peak memory", "load"):
        table.add_column(heading, justify="right")
    for measured in measurements:
        cost = (f"{measured.seconds:.1f}", f"{measured.cpu_s:.1f}", mib(measured.peak_bytes), f"{measured.load:.1f}")
        table.add_row(measured.name, *cost)
    return table


def _aims(verdicts: Sequence[Verdict], *, is_judged: bool) -> Table:
    table = Table(title="\nAims", title_justify="left", title_style="bold", box=None, padding=(0, 2, 0, 0))
    table.add_column("", no_wrap=True)
    table.add_column("what", overflow="fold")
    for heading in ("baseline", "ours", "outcome", "aim", ""):
        table.add_column(heading, no_wrap=True)
    for verdict in verdicts:
        word = "[green]met[/]" if verdict.is_met else "[red]missed[/]"
        figures = (verdict.baseline, verdict.ours, verdict.outcome, verdict.aim)
        table.add_row(verdict.benchmark, f"{verdict.what}\n[dim]{verdict.note}[/]", *figures, word if is_judged else "")
    return table
