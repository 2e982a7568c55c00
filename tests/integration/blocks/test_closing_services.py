from functools import cached_property

import psycopg
import pytest

from blocks.services import Services
from blocks.settings import load_settings
from db.pool import conninfo
from tests.acceptance.world import World
from tests.waiting import until


class OneThatBreaks(Services):
    """Has a client more, whose end fails."""

    @cached_property
    def frail(self) -> object:
        """Opened last, so that it is closed first."""
        self._open.callback(self._break)
        return object()

    @staticmethod
    def _break() -> None:
        raise OSError("broke while it was closed")


def connections(world: World) -> int:
    """Connections of a run to the world's database."""
    query = (
        "SELECT count(*) FROM pg_stat_activity"
        " WHERE datname = current_database() AND application_name LIKE 'content-scaling%'"
    )
    with psycopg.connect(conninfo(world.store.url, application_name="watcher")) as watcher:
        row = watcher.execute(query).fetchone()
    return int(row[0]) if row else 0


def test_closing_gives_leases_back_and_ends_connections(services: Services, here: World):
    lease = services.leases.acquire("campaign/C000000201")
    with services.store.transaction() as session:
        session.connection()
    assert lease is not None
    assert connections(here) > 0
    services.close()
    assert not services.leases.holds(lease)
    until(lambda: connections(here) == 0, what="the connections to end")


def test_one_that_breaks_while_it_is_closed_keeps_nothing_else_open(here: World):
    services = OneThatBreaks(load_settings())
    services.open("dam", "box", "frail")
    lease = services.leases.acquire("campaign/C000000201")
    assert lease is not None
    with pytest.raises(OSError, match="broke while it was closed"):
        services.close()
    assert not services.leases.holds(lease)
    until(lambda: connections(here) == 0, what="the connections to end")


def test_a_lease_that_was_given_back_is_free_for_the_next_run(services: Services, here: World):
    services.leases.acquire("campaign/C000000201")
    services.close()
    following = Services(load_settings())
    assert following.leases.acquire("campaign/C000000201") is not None
    following.close()


def test_closing_twice_does_no_harm(services: Services):
    services.open("store", "leases", "dam", "box")
    services.close()
    services.close()
