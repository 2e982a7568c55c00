"""Benchmark b: the upload of one large local file, against boxsdk's upload_big_file."""

from benchmarks.line import PART_BYTES, UPLOADS_PER_S, shortest_s
from benchmarks.measuring import Measurement
from benchmarks.report import Verdict, mib
from benchmarks.world import World

AIMS = {4: 3.5, 16: 10.0}
"""Parts in flight → how many times faster."""


def run(world: World) -> list[Verdict]:
    """Send the same file with the SDK, then with each number of parts in flight."""
    path = str(world.local_file(world.scale.large_bytes))
    world.set_line()
    old = world.bench.measure("b: boxsdk upload_big_file", "old_way:upload", path=path, name="b-old.bin")
    verdicts = []
    for parts, aim in AIMS.items():
        title, name = f"b: ours, {parts} parts in flight", f"b-{parts}.bin"
        new = world.bench.measure(title, "ours:upload", path=path, name=name, parts_in_flight=parts)
        verdicts.append(_verdict(old, new, parts, aim))
    return verdicts


def _verdict(old: Measurement, new: Measurement, parts: int, aim: float) -> Verdict:
    size = int(new.facts["size_bytes"])
    ratio, best = old.seconds / new.seconds, old.seconds / shortest_s(-(-size // PART_BYTES), PART_BYTES, parts)
    return Verdict(
        "b",
        f"upload of {mib(size)}, {parts} parts in flight",
        f"{old.seconds:.1f} s",
        f"{new.seconds:.1f} s",
        f"{ratio:.2f}x",
        f">= {aim:g}x",
        ratio >= aim,
        f"line and {UPLOADS_PER_S} uploads/s allow {best:.2f}x",
    )
