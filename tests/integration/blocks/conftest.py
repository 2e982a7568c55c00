"""The Prefect server and the worlds of the acceptance tests."""

import secrets
from collections.abc import Callable, Iterator

import pytest

from blocks.dam import DamAuth
from blocks.services import Services
from blocks.settings import load_settings
from sandbox.seeds import SMALL
from tests.acceptance.conftest import certificates, make_world, prefect, prefect_server, shared_folder, sites
from tests.acceptance.world import World

__all__ = ["certificates", "make_world", "prefect", "prefect_server", "shared_folder", "sites"]


@pytest.fixture
def own_blocks() -> dict[str, str]:
    """The setting that sets a world's blocks apart, for tests that change them."""
    return {"APART": secrets.token_hex(4)}


@pytest.fixture
def world(request: pytest.FixtureRequest, make_world: Callable[..., World]) -> World:
    """A world; without `own_blocks` it shares its blocks with other tests, since to save them takes a second."""
    apart = request.getfixturevalue("own_blocks") if "own_blocks" in request.fixturenames else {}
    return make_world(SMALL, **apart)


@pytest.fixture
def here(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """A world whose settings this process has."""
    for name, value in world.environment.items():
        monkeypatch.setenv(name, value)
    return world


@pytest.fixture
def services(here: World) -> Iterator[Services]:
    """The clients of a run in that world, by the blocks that are saved for it."""
    found = Services(load_settings(), DamAuth.OAUTH2)
    yield found
    found.close()
