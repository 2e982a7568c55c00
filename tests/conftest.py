"""What every test has: a real PostgreSQL, and time. And what lets a session of all of them begin sooner."""

import gc
import os
from collections.abc import Generator, Iterator
from pathlib import Path

import hypothesis
import pytest
from _pytest.doctest import DoctestModule
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from db.engine import Store
from domain import masking
from tests.postgres import fresh_database, running_server

# How long an example takes says something of the machine, and of what else it has to do.
hypothesis.settings.register_profile(
    "without time", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("without time")


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Let nobody look for garbage among modules and tests that all stay: it is a third of the time to collect them."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


@pytest.hookimpl(wrapper=True)
def pytest_collect_file(file_path: Path) -> Generator[None, list[pytest.Collector], list[pytest.Collector]]:
    """Have no examples looked for in files of tests that have none."""
    found = yield
    if not found or ">>> " in file_path.read_text(encoding="utf-8"):
        return found
    return [each for each in found if not isinstance(each, DoctestModule)]


@pytest.fixture(autouse=True)
def no_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no secret of the test before be struck out of what this one looks at."""
    monkeypatch.setattr(masking, "_known", masking.Secrets())


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Iterator[str]:
    """Address of the server's `postgres` database; one server serves all workers."""
    base: Path = tmp_path_factory.getbasetemp()
    with running_server(base if worker_id == "master" else base.parent) as admin_url:
        yield admin_url


@pytest.fixture
def database_url(postgres: str) -> Iterator[str]:
    """Address of a fresh database with the newest schema."""
    with fresh_database(postgres, f"test_{os.getpid()}") as url:
        yield url


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    """The fresh database, ready for transactions."""
    store = Store(database_url)
    yield store
    store.close()


@pytest.fixture
def engine(store: Store) -> Engine:
    """The fresh database's engine."""
    return store.engine


@pytest.fixture
def session(store: Store) -> Iterator[Session]:
    """A session on the fresh database, committed at the end of the test."""
    with store.transaction() as session:
        yield session
