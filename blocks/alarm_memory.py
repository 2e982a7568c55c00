"""What people have been told and when, so that one fact is one message and not one for each run that meets it.

It lies in a file beside the Prefect server, which sends the alarms: so it outlives a restart of the server, and needs
neither the project's database nor the network, which may be what is broken. While the file cannot be used, such as on a
full disk, the process remembers by itself: a restart then forgets, and somebody is told once more. The same holds for
two servers that write at once. Nobody is told less.
"""

import hashlib
import json
import threading
from contextlib import suppress
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

_KEPT = 1000
"""Facts that are remembered; those not met for longest are forgotten first."""

_Known = dict[str, dict[str, Any]]


class AlarmMemory:
    """The memory in `file`. Threads may share it."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._lock = threading.Lock()
        self._known: _Known = {}
        self._is_ahead = False

    def note(self, fact: str, now: datetime, quiet: timedelta) -> int | None:
        """Note that `fact` was met. Return how often since it was told, or None: that is less than `quiet` ago.

        Whoever gets a number tells it, and then says so by `told`.
        """
        with self._lock:
            known = self._read()
            entry = known.setdefault(_key(fact), {"told_at": None, "times": 0})
            entry |= {"seen_at": now.isoformat(), "times": entry["times"] + 1}
            self._keep(known)
        told_at = entry["told_at"]
        is_due = told_at is None or now - datetime.fromisoformat(told_at) >= quiet
        return int(entry["times"]) if is_due else None

    def told(self, fact: str, now: datetime) -> None:
        """Note that people know `fact` from now on; it is counted anew."""
        with self._lock:
            known = self._read()
            known[_key(fact)] = {"told_at": now.isoformat(), "seen_at": now.isoformat(), "times": 0}
            self._keep(known)

    def _read(self) -> _Known:
        if not self._is_ahead:
            with suppress(OSError, ValueError):
                found = json.loads(self._file.read_text(encoding="utf-8"))
                entries = found.items() if isinstance(found, dict) else ()
                self._known = {key: entry for key, entry in entries if _is_whole(entry)}
        return self._known

    def _keep(self, known: _Known) -> None:
        newest = sorted(known, key=lambda key: known[key]["seen_at"], reverse=True)[:_KEPT]
        self._known = {key: known[key] for key in newest}
        written = self._file.with_suffix(".new")
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            written.write_text(json.dumps(self._known), encoding="utf-8")
            written.replace(self._file)
        except OSError:
            self._is_ahead = True  # of the file, which would say that what was told just now was not
        else:
            self._is_ahead = False


@cache
def memory_in(file: Path) -> AlarmMemory:
    """Return the one memory of this process in that file: blocks are made anew for each alarm."""
    return AlarmMemory(file)


def _key(fact: str) -> str:
    return hashlib.sha256(fact.encode()).hexdigest()  # the reason of a run may be long, and is nobody else's business


def _is_whole(entry: Any) -> bool:
    """Tell whether this is an entry, and not what somebody else wrote there."""
    return isinstance(entry, dict) and {"told_at", "seen_at", "times"} <= entry.keys()
