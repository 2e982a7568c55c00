"""A simulated Box on a port of its own, with a client that signs in to it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from clients.box.client import BoxClient
from clients.box.governor import Governor
from sandbox.box import BoxApp, BoxSettings, BoxState, create_app
from sandbox.certificates import Certificates
from sandbox.faults import Fault, Faults
from sandbox.serving import Server

PART = 1024 * 1024


class CountingGovernor:
    """Lets everything go and writes down what it was asked."""

    def __init__(self) -> None:
        self.calls = 0
        self.uploads = 0
        self.back_offs: list[float] = []

    def take(self, *, upload: bool = False) -> None:
        self.calls += 1
        self.uploads += upload

    def back_off(self, seconds: float) -> None:
        self.back_offs.append(seconds)


@dataclass
class BoxWorld:
    """The simulated Box and what a test needs of it. `naps` are the waits that were asked for; none is slept."""

    state: BoxState
    faults: Faults
    url: str
    config: str
    naps: list[float] = field(default_factory=list)
    governor: CountingGovernor = field(default_factory=CountingGovernor)
    clients: list[BoxClient] = field(default_factory=list)

    def client(self, *, governor: Governor | None = None, **options: Any) -> BoxClient:
        """Return a client that is closed with the world."""
        options = {"api_url": self.url, "upload_url": f"{self.url}/up", "sleep": self.naps.append, **options}
        client = BoxClient(self.config, governor=governor or self.governor, **options)
        self.clients.append(client)
        return client

    def fault(self, kind: str, **rule: Any) -> Fault:
        """Have the simulated Box misbehave."""
        return self.faults.add(Fault(kind, **rule))

    def count(self, method: str, ending: str) -> int:
        """Return how many requests came to addresses with that ending."""
        return sum(seen.method == method and seen.path.endswith(ending) for seen in self.faults.requests)

    def parts_sent(self) -> int:
        """Return how many parts came in, repeated ones too."""
        return sum(seen.method == "PUT" for seen in self.faults.requests)


@contextmanager
def running_box(certificates: Certificates) -> Iterator[BoxWorld]:
    """Serve a Box with small parts for the length of the block."""
    app = BoxApp.from_certificates(certificates)
    settings = BoxSettings(min_session_bytes=1, part_bytes=PART)
    state, faults = BoxState(app, settings=settings), Faults()
    with Server(create_app(state, faults), name="box") as server:
        world = BoxWorld(state, faults, server.url, app.config_json(certificates))
        try:
            yield world
        finally:
            faults.clear()
            for client in world.clients:
                client.close()
