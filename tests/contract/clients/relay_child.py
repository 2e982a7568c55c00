"""A relay in a process of its own, to be measured or killed. Arguments: one JSON object; prints another."""

import json
import sys
import tracemalloc
from pathlib import Path
from typing import Any

from clients.box.client import BoxClient
from clients.box.governor import NoGovernor
from clients.relay import BufferBudget, Destination, relay
from sandbox.blobs import GeneratedBlob
from tests.contract.clients.blob_source import BlobSource, MemoryJournal


class FileJournal(MemoryJournal):
    """A journal that outlives its process."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path
        self.entries = json.loads(path.read_text()) if path.exists() else {}

    def save(self, key: str, session: dict[str, Any]) -> None:
        super().save(key, session)
        self._write()

    def add_part(self, key: str, part: dict[str, Any]) -> None:
        super().add_part(key, part)
        self._write()

    def forget(self, key: str) -> None:
        super().forget(key)
        self._write()

    def _write(self) -> None:
        with self._lock:
            fresh = self._path.with_suffix(".new")
            fresh.write_text(json.dumps(self.entries))
            fresh.replace(self._path)


def main(task: dict[str, Any]) -> dict[str, Any]:
    """Relay generated content and tell what came of it."""
    url = task["url"]
    box = BoxClient(task["config"], api_url=url, upload_url=f"{url}/up", governor=NoGovernor())
    source = BlobSource("big.mov", GeneratedBlob(task["seed"], task["size"]))
    budget = BufferBudget(task["budget"])
    box.probe()
    tracemalloc.start()
    file = relay(
        source,
        to=Destination(task["folder_id"], "big.mov"),
        box=box,
        journal=FileJournal(Path(task["journal"])),
        budget=budget,
        parts_in_flight=task["parts_in_flight"],
        chunked_above=1,
    )
    peak = tracemalloc.get_traced_memory()[1]
    box.close()
    return {"sha1": file.sha1, "adopted": file.adopted, "traced_peak": peak, "budget_peak": budget.peak_bytes}


if __name__ == "__main__":
    print(json.dumps(main(json.loads(sys.stdin.read()))))
