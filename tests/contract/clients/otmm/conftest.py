"""The simulated OTMM on loopback, with a client of it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from clients.otmm import ContentStream, OtdsTokens, OtmmClient
from domain.roles import DamRoles
from sandbox.faults import Faults
from sandbox.otmm import OtmmSettings, OtmmState, create_app
from sandbox.serving import Server


class Clock:
    def __init__(self) -> None:
        self.now = 1_790_000_000.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Dam:
    """The simulated DAM, and what a client of it needs."""

    state: OtmmState
    faults: Faults
    url: str
    waits: list[float]
    clock: Clock

    def tokens(self) -> OtdsTokens:
        settings = self.state.settings
        return OtdsTokens(f"{self.url}/otdsws/oauth2/token", settings.client_id, settings.client_secret)

    def client(self, **search: object) -> OtmmClient:
        return OtmmClient(
            f"{self.url}/otmmapi", make_roles(**search), tokens=self.tokens(), timeouts=(5, 5), sleep=self.waits.append
        )

    def requests(self, path: str) -> int:
        return sum(path in seen.path for seen in self.faults.requests)


def make_roles(**search: object) -> DamRoles:
    reviewers = {
        name: {part: f"CUSTOM.FIELD.{name.upper()} {part.upper()}" for part in ("comment", "certifier", "date")}
        for name in ("approver", "legal", "iacc")
    }
    fields = {
        "status": "CONTENT.SCALING.STATUS",
        "campaign_number": "CUSTOM.FIELD.CAMPAIGN NUMBER",
        "campaign_type": "CUSTOM.FIELD.CAMPAIGN TYPE",
        "global_campaign": "CUSTOM.FIELD.GLOBAL CAMPAIGN",
        "ecommerce_status": "CUSTOM.FIELD.ECOMMERCE STATUS",
        "creativex_score": "FERRERO.TAB.FIELD.CREATIVEX",
        "creativex_link": "FERRERO.FIELD.CREATIVEX LINK",
    }
    return DamRoles.model_validate({"fields": fields | reviewers, "search": search})


@pytest.fixture
def dam() -> Iterator[Dam]:
    clock, faults = Clock(), Faults()
    state = OtmmState(OtmmSettings(), clock=clock)
    with Server(create_app(state, faults), name="otmm") as server:
        yield Dam(state, faults, server.url, [], clock)


@pytest.fixture
def client(dam: Dam) -> Iterator[OtmmClient]:
    with dam.client() as client:
        yield client


@pytest.fixture
def campaign_id(dam: Dam) -> str:
    return dam.state.add_campaign("C000000078", "Spring Campaign")


@pytest.fixture
def roles() -> DamRoles:
    return make_roles()


@pytest.fixture
def read_all() -> Callable[[ContentStream], bytes]:
    """Reads a stream to its end."""

    def read(stream: ContentStream) -> bytes:
        buffer, content = memoryview(bytearray(1 << 20)), bytearray()
        while count := stream.readinto(buffer):
            content += buffer[:count]
        return bytes(content)

    return read
