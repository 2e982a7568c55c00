"""A twin and its agency, for the tests of what agencies do."""

from collections.abc import Iterator

import pytest

from sandbox.drops import Drops
from sandbox.twin import Twin


@pytest.fixture(scope="module")
def twin(tmp_path_factory) -> Iterator[Twin]:
    with Twin(tmp_path_factory.mktemp("twin")) as running:
        yield running


@pytest.fixture
def drops(twin) -> Iterator[Drops]:
    yield Drops(twin)
    for facts in twin.box.files_below():
        twin.box.tree.delete_file(facts.id)
