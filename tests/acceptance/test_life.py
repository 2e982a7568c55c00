"""Random lives of campaigns (a Hypothesis state machine): nothing lost, nothing doubled, everything told once."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.acceptance.life import SEED, Life
from tests.acceptance.world import Site, World
from tests.postgres import fresh_database

OpenWorld = Callable[[], tuple[World, Callable[[], None]]]


@pytest.fixture
def open_world(
    tmp_path: Path, postgres: str, prefect: dict[str, str], sites: Callable[[int], Site]
) -> Iterator[OpenWorld]:
    """Make one world after the other, each in the place of the one before, so that they share their blocks."""
    number, site = 0, sites(0)
    with ExitStack() as open_ones:

        def make() -> tuple[World, Callable[[], None]]:
            nonlocal number
            number += 1
            with ExitStack() as opening:
                url = opening.enter_context(fresh_database(postgres, site.database))
                changes = {"IMPORT_LOST_AFTER_S": "0", "REWORK_TO_A3": "true"}
                world = opening.enter_context(World(site, tmp_path / f"life-{number}", url, SEED, changes))
                own = open_ones.enter_context(opening.pop_all())
            return world, own.close

        yield make


def play(open_world: OpenWorld, *, lives: int, steps: int, same_each_time: bool) -> None:
    """Play so many lives; the failing one is printed step by step."""
    played = type("Played", (Life,), {"open_world": staticmethod(open_world)})
    run_state_machine_as_test(
        played,
        settings=settings(
            max_examples=lives,
            stateful_step_count=steps,
            deadline=None,
            derandomize=same_each_time,
            database=None,
            # Making a failing life shorter takes minutes, and its steps are printed anyway.
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_a_life_that_is_the_same_in_each_session(open_world: OpenWorld) -> None:
    play(open_world, lives=1, steps=10, same_each_time=True)


@pytest.mark.sweep
def test_lives_that_are_others_in_each_session(open_world: OpenWorld) -> None:
    play(open_world, lives=6, steps=20, same_each_time=False)
