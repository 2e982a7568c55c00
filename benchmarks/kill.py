"""Benchmark d: bytes sent to Box when an upload is killed at three quarters and run again."""

from typing import Any

from benchmarks.line import BITS_PER_SECOND, PART_BYTES
from benchmarks.report import Verdict, mib
from benchmarks.world import World

PARTS_IN_FLIGHT = 4
_FASTER = 5
"""Bytes are counted here, not seconds."""


def run(world: World) -> list[Verdict]:
    """Kill both ways at the same place and let each finish."""
    size = world.scale.large_bytes
    path = str(world.local_file(size))
    world.set_line(bits_per_second=_FASTER * BITS_PER_SECOND)
    old = _bytes_sent(world, "d: boxsdk, second run", "old_way:upload", path=path, name="d-old.bin")
    ours = _bytes_sent(
        world, "d: ours, second run", "ours:upload", path=path, name="d-ours.bin", parts_in_flight=PARTS_IN_FLIGHT
    )
    aim = size + PARTS_IN_FLIGHT * PART_BYTES
    return [
        Verdict(
            "d",
            f"bytes sent of {world.scale.large_mib} MiB, killed at three quarters",
            mib(old),
            mib(ours),
            f"{ours / size:.3f}",
            f"<= {mib(aim)}",
            ours <= aim,
            "as multiple of the file; aim: the file and one part per slot",
        )
    ]


def _bytes_sent(world: World, title: str, leg: str, **task: Any) -> int:
    before = world.part_bytes_received()
    enough = before + world.scale.large_bytes * 3 // 4
    world.bench.kill_when(lambda: world.part_bytes_received() >= enough, leg, **task)
    world.bench.measure(title, leg, **task)
    return world.part_bytes_received() - before
