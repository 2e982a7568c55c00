"""Something that all workers of a test session share: made by the first that asks, ended by the last that leaves."""

import fcntl
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any


@contextmanager
def shared(folder: Path, name: str, start: Callable[[], Any], stop: Callable[[Any], None]) -> Iterator[Any]:
    """Give what `start` returned, which must be JSON, to every worker of the session that owns `folder`."""
    with _locked(folder, name) as record:
        facts = _read(record) or {"users": 0, "what": start()}
        facts["users"] += 1
        record.write_text(json.dumps(facts))
    try:
        yield facts["what"]
    finally:
        with _locked(folder, name) as record:
            facts = _read(record)
            facts["users"] -= 1
            record.write_text(json.dumps(facts))
            if facts["users"] == 0:
                record.unlink()
                stop(facts["what"])


def _read(record: Path) -> Any:
    return json.loads(record.read_text()) if record.exists() else None


@contextmanager
def _locked(folder: Path, name: str) -> Iterator[Path]:
    with (folder / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield folder / f"{name}.json"
