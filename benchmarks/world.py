"""What the measurements run on: the sandbox as a process of its own, an embedded PostgreSQL, files to send."""

import json
import os
import shutil
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.line import BITS_PER_SECOND, LATENCY_S
from benchmarks.measuring import Bench
from benchmarks.sandbox_process import running_sandbox
from benchmarks.scale import MIB, Scale
from benchmarks.seed import campaign_name, campaigns
from db.embedded import EmbeddedPostgres
from db.migrate import upgrade

BOX_LIMITS = {"calls_per_minute": 1000, "uploads_per_minute": 240}

_SCORE = {"creativexScore": 87, "creativexUrl": "https://creativex.example.com/scorecard"}


@dataclass(frozen=True)
class World:
    """What is up."""

    folder: Path
    scale: Scale
    bench: Bench
    addresses: dict[str, str]

    def set_line(self, *, bits_per_second: float = BITS_PER_SECOND) -> None:
        """Delay every request to DAM and Box, and give each connection this speed."""
        self.lift_line()
        rules = [
            {"kind": "latency", "seconds": LATENCY_S, "times": None},
            {"kind": "bandwidth", "bits_per_second": bits_per_second, "times": None},
        ]
        for address in self.addresses.values():
            _ask(f"{address}/_sandbox/faults", rules)

    def lift_line(self) -> None:
        """Let DAM and Box answer as fast as they can, for what is only prepared."""
        for address in self.addresses.values():
            _ask(f"{address}/_sandbox/faults", method="DELETE")

    def part_bytes_received(self) -> int:
        """Return how many bytes of upload parts Box has been sent so far, broken ones too."""
        return int(self._box_state()["bytes_received"].get("part", 0))

    def rate_limited(self) -> int:
        """Return how many calls Box has refused because they came too fast."""
        return int(self._box_state()["rate_limited"])

    def hand_in(self, tracking_id: str, name: str, size_bytes: int) -> None:
        """Put a derivative into Box as an agency would, scored."""
        drop = {"kind": "whole", "tracking_id": tracking_id, "name": name, "size": size_bytes, "metadata": _SCORE}
        _ask(f"{self.addresses['BOX_API_URL']}/_sandbox/drops", drop)

    def handed_in(self) -> int:
        """Return how many derivatives lie in Box."""
        return sum(path.startswith("Derivatives/") for path in self._box_state()["files"])

    def campaign_status(self, number: str) -> str:
        """Return the status of a campaign in the DAM."""
        state = _ask(f"{self.addresses['DAM_BASE_URL']}/_sandbox/state")
        return str(state["campaigns"][campaign_name(number)])

    def set_limits(self) -> None:
        """Have Box refuse what exceeds its documented rates."""
        _ask(f"{self.addresses['BOX_API_URL']}/_sandbox/settings", BOX_LIMITS, method="PATCH")

    def local_file(self, size_bytes: int) -> Path:
        """Return a file of that size, made when first asked for; noise, so that nothing can be packed."""
        path = self.folder / f"{size_bytes}.bin"
        if not path.exists():
            with path.open("wb") as file:
                for _ in range(size_bytes // MIB):
                    file.write(os.urandom(MIB))
        return path

    def remove_files(self) -> None:
        """Remove the files that were made; the logs stay."""
        for path in self.folder.glob("*.bin"):
            path.unlink()

    def _box_state(self) -> dict[str, Any]:
        state: dict[str, Any] = _ask(f"{self.addresses['BOX_API_URL']}/_sandbox/state")
        return state


@contextmanager
def running_world(folder: Path, checkout: Path, scale: Scale) -> Iterator[World]:
    """Start everything in `folder`, which is emptied first, and stop all of it at the end."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    seed, env_file = folder / "seed.json", folder / "env"
    seed.write_text(json.dumps(campaigns(scale)))
    with (
        running_sandbox(folder, seed, env_file) as addresses,
        EmbeddedPostgres(folder / "postgres") as postgres,
    ):
        database_url = postgres.url()
        upgrade(database_url)
        environment = {
            "ENV_FILE": str(env_file),
            "DATABASE_URL": database_url,
            "CONFIG_DIR": str(checkout / "config"),
            "PREFECT_HOME": str(folder / "prefect"),
            "WORK_DIR": str(folder / "work"),
        }
        world = World(folder, scale, Bench(environment, checkout, folder / "children.log"), addresses)
        world.set_limits()
        try:
            yield world
        finally:
            world.remove_files()


def _ask(url: str, body: Any = None, *, method: str | None = None) -> Any:
    data = None if body is None else json.dumps(body).encode()
    with urllib.request.urlopen(urllib.request.Request(url, data=data, method=method), timeout=30) as answer:
        return json.loads(answer.read() or b"null")
