"""Benchmark a: a campaign of many small assets, the whole flow against one asset at a time."""

from benchmarks.line import UPLOADS_PER_S, request_s, shortest_s
from benchmarks.measuring import Measurement
from benchmarks.report import Verdict
from benchmarks.scale import Scale
from benchmarks.seed import CAMPAIGN
from benchmarks.world import World
from deployments.local_server import free_port, local_server, prefect_environment

AIM = 4.0
ASSETS_IN_PARALLEL = 8
"""What the settings say where nobody says otherwise."""


def run(world: World) -> list[Verdict]:
    """Carry the campaign both ways; the flow runs with its tasks on a Prefect server of its own."""
    scale, bench = world.scale, world.bench
    world.lift_line()
    assets = bench.ask("ours:survey", campaign=CAMPAIGN)
    world.set_line()
    old = bench.measure("a: one at a time", "old_way:carry_campaign", asset_ids=assets)
    home, port = world.folder / "prefect", free_port()
    variables = prefect_environment(home, port)
    with local_server(home, port, variables):
        flow = bench.measure("a: flow a1-to-a2, whole", "flow_run:deliver", environment=variables, campaign=CAMPAIGN)
    if flow.facts["delivered"] != scale.assets:
        raise RuntimeError(f"the flow delivered {flow.facts['delivered']} of {scale.assets}: {flow.facts['message']}")
    return [_verdict(old, flow, scale)]


def _verdict(old: Measurement, flow: Measurement, scale: Scale) -> Verdict:
    fetch_s = request_s(0) + request_s(scale.asset_bytes)
    shortest = shortest_s(scale.assets, scale.asset_bytes, ASSETS_IN_PARALLEL, before_s=fetch_s)
    carrying_s = float(flow.facts["carrying_s"])
    ratio = old.seconds / carrying_s
    return Verdict(
        "a",
        f"{scale.assets} assets of {scale.asset_bytes / 1e6:.0f} MB, carrying",
        f"{old.seconds:.1f} s",
        f"{carrying_s:.1f} s",
        f"{ratio:.2f}x",
        f">= {AIM:.0f}x",
        ratio >= AIM,
        f"{UPLOADS_PER_S} uploads/s allow {old.seconds / shortest:.2f}x; whole flow {flow.seconds:.1f} s",
    )
