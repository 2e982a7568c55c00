"""What tests of the intake have: a campaign of one master that has gone out, in A2."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from db.engine import Store
from sandbox.certificates import Certificates, make_certificates
from tests.acceptance.campaigns import asset, campaign, seed
from tests.integration.tasks.coming_home import MASTER, ComingHome, coming_home

NUMBER = "C000001501"


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    """Certificates and keys, made once: RSA takes its time."""
    return make_certificates(tmp_path_factory.mktemp("certificates"))


@pytest.fixture
def home(tmp_path: Path, store: Store, certificates: Certificates) -> Iterator[ComingHome]:
    """The agency's side of it, and what has come home; nobody waits for an import that takes its time."""
    world = seed(campaign(NUMBER, asset(MASTER), status="A2"))
    with coming_home(tmp_path, store, world, certificates, import_wait_s=0) as home:
        yield home
