"""The real flows on one campaign, as works to be measured."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from typing import Any

from prefect.client.schemas.objects import State

from benchmarks.child import Facts, Work
from blocks.bootstrap import save_blocks
from blocks.settings import load_settings
from db.engine import Store
from db.models import AssetEvent
from db.repositories.events import events_of_campaign
from flows.a1_to_a2 import a1_to_a2
from flows.a2_to_a3 import a2_to_a3

_Run = Callable[[], State[Any]]


@contextmanager
def deliver(campaign: str) -> Iterator[Work]:
    """Run a1-to-a2 in this process, on the Prefect server that the environment names."""
    steps = ("delivery_started", "delivered")
    with _flow("a1-to-a2", lambda: a1_to_a2(campaign=campaign, return_state=True), campaign, steps) as work:
        yield work


@contextmanager
def bring_home(campaign: str) -> Iterator[Work]:
    """Run a2-to-a3 in this process, on the Prefect server that the environment names."""
    steps = ("derivative_started", "removed_from_box")
    with _flow("a2-to-a3", lambda: a2_to_a3(campaign=campaign, return_state=True), campaign, steps) as work:
        yield work


@contextmanager
def _flow(workflow: str, run: _Run, campaign: str, steps: tuple[str, str]) -> Iterator[Work]:
    settings = load_settings("dam-oauth2", "box", "mail", workflow)
    save_blocks(settings)
    assert settings.database_url is not None  # the environment sets it
    with closing(Store(settings.database_url.get_secret_value())) as store:

        def work() -> Facts:
            state = run()
            with store.transaction() as session:
                events = events_of_campaign(session, campaign)
                return {"state": state.name, "message": state.message, **_carrying(events, *steps)}

        yield work


def _carrying(events: Sequence[AssetEvent], first: str, last: str) -> Facts:
    """Return how long the assets took, from the first that is written down as begun to the last that is done with."""
    begun = [event.event_timestamp for event in events if event.event_type == first]
    done = [event.event_timestamp for event in events if event.event_type == last]
    if not done:
        return {"delivered": 0, "carrying_s": 0.0}
    return {"delivered": len(done), "carrying_s": (max(done) - min(begun)).total_seconds()}
