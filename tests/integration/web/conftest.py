"""A receiver that serves, a simulated Box that sends to it, and what was started."""

import html
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import requests

from blocks.config_files import load_codes
from db.engine import Store
from db.models import BoxEvent
from db.repositories.inbox import unhandled_events
from domain.box_webhooks import SigningKeys, UploadEvent
from entrypoints.web.access import Access
from entrypoints.web.app import WEBHOOK_PATH, Receiver, create_app
from entrypoints.web.limits import Limits
from entrypoints.web.pages import Pages
from entrypoints.web.server import listen, web_server
from sandbox.box import BoxApp, BoxState
from sandbox.box.deliveries import signed_headers, wire_form
from tests.acceptance.conftest import prefect_server, shared_folder
from tests.integration.storybook import tell
from tests.postgres import cloned_database

__all__ = ["prefect_server", "shared_folder"]

CONFIG = Path(__file__).parents[3] / "config"
PROXY = "127.0.0.1"


@dataclass
class Starter:
    """Remembers what it was asked to start; `hold` makes it slow, `error` makes it fail."""

    started: list[UploadEvent] = field(default_factory=list)
    hold: threading.Event | None = None
    error: Exception | None = None
    before: Callable[[UploadEvent], None] = lambda _: None

    def __call__(self, event: UploadEvent) -> None:
        self.before(event)
        if self.hold is not None:
            assert self.hold.wait(10)
        self.started.append(event)
        if self.error is not None:
            raise self.error

    @property
    def file_ids(self) -> list[str]:
        return [event.file_id for event in self.started]


@contextmanager
def serving(
    receiver: Receiver, pages: Pages | None = None, *, proxy: str = PROXY, connection_s: float = 30.0
) -> Iterator[str]:
    """Serve the app on a free port; gives its address."""
    with closing(listen("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        server = web_server(create_app(receiver.store, receiver, pages), proxy=proxy, connection_s=connection_s)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, name="receiver")
        thread.start()
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            server.should_exit = True
            thread.join(20)
            assert not thread.is_alive()


class Box:
    """A simulated Box whose agency places files, with the folder that is watched."""

    def __init__(self, app: BoxApp) -> None:
        self.state = BoxState(app)
        self.state.settings.webhook_attempts = 1
        self.folder_id = self.state.add_folder("derivatives").id

    @property
    def keys(self) -> SigningKeys:
        keys = self.state.webhooks.keys
        return SigningKeys(keys.primary, keys.secondary)

    def watch(self, address: str, folder_id: str | None = None, *triggers: str) -> None:
        target = {"type": "folder", "id": folder_id or self.folder_id}
        wishes = {"target": target, "address": address, "triggers": list(triggers) or ["FILE.UPLOADED"]}
        self.state.webhooks.create(self.state.app.service_user_id, wishes)

    def place(self, name: str = "a.mp4", folder_id: str | None = None, **more: Any) -> str:
        """Place a file, wait for its webhooks, and return its id."""
        file = self.state.add_file(folder_id or self.folder_id, name, b"abc", **more)
        self.state.webhooks.wait(20)
        return file.id

    @property
    def answers(self) -> list[int | None]:
        return [delivery.status for delivery in self.state.webhooks.deliveries]


@dataclass
class Served:
    """A receiver that serves, as its clients see it."""

    url: str
    box: Box
    store: Store

    @property
    def address(self) -> str:
        return self.url + WEBHOOK_PATH

    def waiting(self) -> list[BoxEvent]:
        """The events that are kept and not handled."""
        with self.store.transaction() as session:
            return unhandled_events(session)

    def body(self, event_id: str = "e-1", **changes: Any) -> bytes:
        """The body of an event about file 42 in the watched folder."""
        parent = {"type": "folder", "id": self.box.folder_id}
        source = {"type": "file", "id": "42", "name": "a.mp4", "parent": parent}
        event = {"id": event_id, "trigger": "FILE.UPLOADED", "created_by": {"id": "7"}, "source": source, **changes}
        return wire_form(event, is_escaped=True)

    def signed(self, body: bytes) -> dict[str, str]:
        return signed_headers(body, self.box.state.webhooks.keys, self.box.state.now(), "1")

    def post(self, body: Any, headers: dict[str, str]) -> requests.Response:
        with requests.Session() as http:
            http.trust_env = False
            return http.post(self.address, data=body, headers=headers, timeout=20)

    def get(self, path: str) -> requests.Response:
        with requests.Session() as http:
            http.trust_env = False
            return http.get(self.url + path, timeout=20)


MakeSite = Callable[..., "Site"]


@dataclass
class Site:
    """The status pages as somebody with a browser sees them."""

    url: str

    def get(self, path: str = "/", **headers: str) -> requests.Response:
        return self.ask("GET", path, headers)

    def ask(self, method: str, path: str, headers: dict[str, str] | None = None, **more: Any) -> requests.Response:
        with requests.Session() as http:
            http.trust_env = False
            url = self.url + path
            return http.request(method, url, headers=headers, timeout=20, allow_redirects=False, **more)

    def text(self, path: str) -> str:
        """What a page says, without its marks, all white space being one space."""
        words = re.sub(r"<wbr>", "", self.get(path).text)
        return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", words)).split())


@pytest.fixture
def box() -> Iterator[Box]:
    box = Box(BoxApp(public_key_pem=""))  # nobody signs in here
    yield box
    box.state.webhooks.stop()


@pytest.fixture
def starter() -> Starter:
    return Starter()


@pytest.fixture
def serve(box: Box, starter: Starter, store: Store) -> Iterator[Callable[..., Served]]:
    """Make a receiver that serves until the end of the test."""
    with ExitStack() as open_now:

        def make(*, proxy: str = PROXY, connection_s: float = 30.0, **changes: Any) -> Served:
            facts: dict[str, Any] = {
                "keys": box.keys,
                "store": store,
                "start": starter,
                "folder_id": box.folder_id,
                "own_user_id": lambda: box.state.app.service_user_id,
                "clock": box.state.now,
                "limits": Limits(),
            }
            receiver = Receiver(**(facts | changes))
            url = open_now.enter_context(serving(receiver, proxy=proxy, connection_s=connection_s))
            return Served(url, box, receiver.store)

        yield make


@pytest.fixture
def served(serve: Callable[..., Served]) -> Served:
    """A receiver that Box sends to."""
    served = serve()
    served.box.watch(served.address)
    return served


@pytest.fixture(scope="session")
def told(postgres: str) -> Iterator[Store]:
    """A database with campaigns, for all tests that only look at it."""
    with cloned_database(postgres) as url, closing(Store(url)) as store:
        with store.transaction() as session:
            tell(session)
        yield store


@pytest.fixture
def site(told: Store) -> Iterator[MakeSite]:
    """Serve the status pages of that database, or of another one, by rules of access: to this machine only."""
    codes = load_codes(CONFIG)
    with ExitStack() as open_now:

        def make(store: Store = told, **rules: Any) -> Site:
            access = Access(**{"on_loopback": True, "proxy": PROXY, **rules})
            pages = Pages(store=store, codes=codes, access=access)
            keys = SigningKeys("primary", "secondary")
            receiver = Receiver(keys=keys, store=store, start=Starter(), folder_id="1", own_user_id=lambda: "2")
            return Site(open_now.enter_context(serving(receiver, pages)))

        yield make
