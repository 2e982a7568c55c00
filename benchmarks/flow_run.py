"""The real flow a1-to-a2 on one campaign, as a work to be measured."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from benchmarks.child import Facts, Work
from blocks.bootstrap import save_blocks
from blocks.settings import load_settings
from db.engine import Store
from db.models import AssetEvent
from db.repositories.events import events_of_campaign
from flows.a1_to_a2 import a1_to_a2


@contextmanager
def run(campaign: str) -> Iterator[Work]:
    """Run the flow in this process, on the Prefect server that the environment names."""
    settings = load_settings("dam-oauth2", "box", "mail", "a1-to-a2")
    save_blocks(settings)
    assert settings.database_url is not None  # the environment sets it
    store = Store(settings.database_url.get_secret_value())

    def work() -> Facts:
        state = a1_to_a2(campaign=campaign, return_state=True)
        with store.transaction() as session:
            return {"state": state.name, "message": state.message, **_carrying(events_of_campaign(session, campaign))}

    try:
        yield work
    finally:
        store.close()


def _carrying(events: Sequence[AssetEvent]) -> Facts:
    """Return how long the assets took, from the first that is written down as begun to the last that has arrived."""
    begun = [event.event_timestamp for event in events if event.event_type == "delivery_started"]
    arrived = [event.event_timestamp for event in events if event.event_type == "delivered"]
    if not arrived:
        return {"delivered": 0, "carrying_s": 0.0}
    return {"delivered": len(arrived), "carrying_s": (max(arrived) - min(begun)).total_seconds()}
