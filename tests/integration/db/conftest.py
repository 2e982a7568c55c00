"""Fixtures of the database tests: masters to work with, and threads that are always waited for."""

import shutil
import socket
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session

from db.models import DerivativeAsset, MasterAsset
from db.repositories import derivatives
from db.repositories.masters import find_or_create_master
from tests.integration.db.handed_in import NAME, MakeRow, new
from tests.postgres import EMPTY, cloned_database

MakeMaster = Callable[..., MasterAsset]


@pytest.fixture
def make_master(session: Session) -> MakeMaster:
    """Create a master; each call makes another one unless an asset id is given."""
    made = 0

    def make(opentext_id: str | None = None, campaign_number: str = "C000000078", **facts) -> MasterAsset:
        nonlocal made
        made += 1
        facts.setdefault("original_filename", f"asset-{made}.mp4")
        return find_or_create_master(
            session, opentext_id=opentext_id or f"dam{made}", campaign_number=campaign_number, **facts
        )

    return make


@pytest.fixture
def threads() -> Iterator[ThreadPoolExecutor]:
    """Threads for callers that race."""
    with ThreadPoolExecutor(8) as pool:
        yield pool


@pytest.fixture
def empty_database_url(postgres: str) -> Iterator[str]:
    """Address of a fresh database without any table."""
    with cloned_database(postgres, EMPTY) as url:
        yield url


@pytest.fixture
def closed_port() -> Iterator[int]:
    """A port of this machine that nothing listens on."""
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        yield holder.getsockname()[1]


@pytest.fixture
def embedded_folder() -> Iterator[Path]:
    """A folder for a server of the test's own; the server's user can reach it, unlike pytest's folders."""
    parent = Path(tempfile.mkdtemp(prefix="content-scaling-embedded-"))
    yield parent / "postgres"
    shutil.rmtree(parent)


@pytest.fixture
def make_row(session: Session, make_master: Callable[..., MasterAsset]) -> MakeRow:
    """Write down a derivative of a new master."""

    def make(**facts: Any) -> DerivativeAsset:
        master = make_master()
        derivatives.expect(session, [new(master, **facts)])
        row = derivatives.derivative(session, master.tracking_id, facts.get("name", NAME))
        assert row is not None
        return row

    return make


@pytest.fixture
def row(make_row: MakeRow) -> DerivativeAsset:
    """A derivative that is written down."""
    return make_row()
