"""Benchmark a: a campaign of many small assets, the whole flow against one asset at a time."""

from benchmarks.line import request_s, shortest_s
from benchmarks.report import Verdict
from benchmarks.world import CAMPAIGN, World
from deployments.local_server import free_port, local_server, prefect_environment

AIM = 4.0
ASSETS_IN_PARALLEL = 8


def run(world: World) -> list[Verdict]:
    """Carry the campaign both ways; the flow runs with its tasks on a Prefect server of its own."""
    scale, bench = world.scale, world.bench
    world.set_line(latency_s=0, bits_per_second=1e10)
    assets = bench.measure("a: survey (fast line)", "ours:survey", campaign=CAMPAIGN, folder="Master Assets").facts
    world.set_line()
    old = bench.measure("a: one at a time", "old_way:carry_campaign", asset_ids=assets)
    home, port = world.folder / "prefect", free_port()
    variables = prefect_environment(home, port)
    with local_server(home, port, variables):
        flow = bench.measure("a: flow a1-to-a2, whole", "flow_run:run", environment=variables, campaign=CAMPAIGN)
    if flow.facts["delivered"] != scale.assets:
        raise RuntimeError(f"the flow delivered {flow.facts['delivered']} of {scale.assets}: {flow.facts['message']}")
    carrying_s = flow.facts["carrying_s"]
    best = old.seconds / shortest_s(
        scale.assets, scale.asset_bytes, ASSETS_IN_PARALLEL, before_s=request_s(0) + request_s(scale.asset_bytes)
    )
    ratio = old.seconds / carrying_s
    return [
        Verdict(
            "a",
            f"{scale.assets} assets of {scale.asset_bytes / 1e6:.0f} MB, carrying",
            f"{old.seconds:.1f} s",
            f"{carrying_s:.1f} s",
            f"{ratio:.2f}x",
            f">= {AIM:.0f}x",
            ratio >= AIM,
            f"3.5 uploads/s allow {best:.2f}x; whole flow {flow.seconds:.1f} s",
        )
    ]
