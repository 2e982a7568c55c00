"""Benchmark c: one large asset from DAM to Box, against the slower of the two legs alone."""

from benchmarks.line import PART_BYTES
from benchmarks.measuring import Measurement
from benchmarks.report import Verdict, mib
from benchmarks.seed import FILMS
from benchmarks.world import World

AIM = 1.15
PARTS_IN_FLIGHT = 4


def run(world: World) -> list[Verdict]:
    """Measure each leg, then the whole; then a smaller asset, for its memory."""
    scale, bench = world.scale, world.bench
    world.lift_line()
    films = bench.ask("ours:survey", campaign=FILMS)
    path = str(world.local_file(scale.large_bytes))
    world.set_line()
    parts = PARTS_IN_FLIGHT
    legs = [
        bench.measure("c: download to nowhere", "ours:download", asset_id=films[f"{scale.large_bytes}.bin"]),
        bench.measure("c: upload, local file", "ours:upload", path=path, name="c-leg.bin", parts_in_flight=parts),
    ]
    small, large = [
        bench.measure(
            f"c: relay of {size // 2**20} MiB",
            "ours:carry",
            asset_id=films[f"{size}.bin"],
            name=f"c-{size}.bin",
            parts_in_flight=parts,
        )
        for size in (scale.small_bytes, scale.large_bytes)
    ]
    return [_time(max(legs, key=lambda leg: leg.seconds), large, scale.large_mib), _memory(small, large)]


def _time(slower: Measurement, whole: Measurement, size_mib: int) -> Verdict:
    ratio = whole.seconds / slower.seconds
    return Verdict(
        "c",
        f"relay of {size_mib} MiB against its slower leg",
        f"{slower.seconds:.1f} s",
        f"{whole.seconds:.1f} s",
        f"{ratio:.3f}",
        f"<= {AIM}",
        ratio <= AIM,
        f"slower leg: {slower.name.removeprefix('c: ')}",
    )


def _memory(small: Measurement, large: Measurement) -> Verdict:
    growth = large.peak_bytes - small.peak_bytes
    return Verdict(
        "c",
        "memory of the same relay, smaller and large file",
        mib(small.peak_bytes),
        mib(large.peak_bytes),
        f"{growth / 2**20:+.1f} MiB",
        "< one part more",
        growth < PART_BYTES,
        f"buffers given out: {mib(large.facts['buffers_peak_bytes'])}",
    )
