"""Benchmark e: derivatives come home, the whole flow a2-to-a3 against one file at a time."""

import shutil

from benchmarks.measuring import Measurement
from benchmarks.report import Verdict, mib
from benchmarks.scale import MIB
from benchmarks.seed import HOMEWARD, MARKETS, ONE_BY_ONE, SMALL_FILES, names
from benchmarks.world import World
from deployments.local_server import free_port, local_server, prefect_environment

AIM = 4.0
FILES_IN_PARALLEL = 8
"""What the settings say where nobody says otherwise."""
SMALL_BYTES = 500_000
"""Of the files that memory is compared with; a film must fit in."""


def run(world: World) -> list[Verdict]:
    """Bring the same files home both ways, then smaller ones, for their memory."""
    scale, bench = world.scale, world.bench
    finals = _hand_in(world, ONE_BY_ONE, scale.derivative_bytes)
    old = bench.measure("e: one at a time", "old_way_home:bring_home", finals_folder_id=finals)
    if left := world.handed_in():
        raise RuntimeError(f"the baseline left {left} files in Box")
    home, port = world.folder / "prefect-e", free_port()
    variables = prefect_environment(home, port)
    with local_server(home, port, variables):
        large = _flow(world, HOMEWARD, scale.derivative_bytes, variables)
        small = _flow(world, SMALL_FILES, SMALL_BYTES, variables)
    return [_time(old, large, world), _memory(old, small, large, world)]


def _hand_in(world: World, campaign: str, size_bytes: int) -> str:
    """Have the agency hand in all derivatives of a campaign; return the folder of the DAM that they belong to."""
    world.lift_line()
    handed_out = world.bench.ask("handing_out:hand_out", number=campaign)
    for tracking_id, name in names(handed_out["tracking_ids"], _extension()):
        world.hand_in(tracking_id, name, size_bytes)
    world.set_line()
    return str(handed_out["finals_folder_id"])


def _flow(world: World, campaign: str, size_bytes: int, environment: dict[str, str]) -> Measurement:
    _hand_in(world, campaign, size_bytes)
    title = f"e: flow a2-to-a3, whole, {size_bytes / 1e6:g} MB each"
    flow = world.bench.measure(title, "flow_run:bring_home", environment=environment, campaign=campaign)
    files, status = world.scale.masters * len(MARKETS), world.campaign_status(campaign)
    if flow.facts["delivered"] != files or status != "A3":
        text = f"the flow brought {flow.facts['delivered']} of {files}, and the campaign is {status}"
        raise RuntimeError(f"{text}: {flow.facts['message']}")
    return flow


def _time(old: Measurement, flow: Measurement, world: World) -> Verdict:
    scale = world.scale
    files = scale.masters * len(MARKETS)
    carrying_s = float(flow.facts["carrying_s"])
    ratio, best = old.seconds / carrying_s, files / -(-files // FILES_IN_PARALLEL)
    kind = "films, looked into by the flow only" if _extension() == ".mp4" else "stills, as there is no ffprobe"
    return Verdict(
        "e",
        f"{files} derivatives of {scale.derivative_bytes / 1e6:g} MB, carrying",
        f"{old.seconds:.1f} s",
        f"{carrying_s:.1f} s",
        f"{ratio:.2f}x",
        f">= {AIM:.0f}x",
        ratio >= AIM,
        f"{kind}; {FILES_IN_PARALLEL} at a time allow {best:.2f}x; whole flow {flow.seconds:.1f} s",
    )


def _memory(old: Measurement, small: Measurement, large: Measurement, world: World) -> Verdict:
    growth = large.peak_bytes - small.peak_bytes
    sizes = f"{SMALL_BYTES / 1e6:g} and {world.scale.derivative_bytes / 1e6:g} MB"
    held = FILES_IN_PARALLEL * (world.scale.derivative_bytes - SMALL_BYTES)
    return Verdict(
        "e",
        f"memory of the same flow, derivatives of {sizes}",
        mib(small.peak_bytes),
        mib(large.peak_bytes),
        f"{growth / MIB:+.1f} MiB",
        "< one file more",
        growth < world.scale.derivative_bytes,
        f"held in memory they would take {held / MIB:+.1f} MiB; one at a time: {mib(old.peak_bytes)}",
    )


def _extension() -> str:
    """Films are the real case; the flow cannot take them without ffprobe."""
    return ".mp4" if shutil.which("ffprobe") else ".png"
