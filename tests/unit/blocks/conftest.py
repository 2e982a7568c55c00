"""An environment that says nothing about the project, and a working folder without a `.env`."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from blocks.config_files import load_roles
from blocks.settings import Settings
from domain.roles import DamRoles

SHIPPED = Path(__file__).parents[3] / "config"


@pytest.fixture(autouse=True)
def nothing_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*Settings.model_fields, "env_file"):
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def private(tmp_path: Path) -> Callable[..., Path]:
    """Write a file that only its owner can read, unless told otherwise."""

    def write(name: str, text: str = "x", mode: int = 0o600) -> Path:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        path.chmod(mode)
        return path

    return write


@pytest.fixture
def as_somebody() -> Callable[[], object]:
    """Be a user whom file modes bind, which they do not bind root."""

    @contextmanager
    def become() -> Iterator[None]:
        root = os.geteuid() == 0
        if root:
            os.seteuid(65534)
        try:
            yield
        finally:
            if root:
                os.seteuid(0)

    return become


@pytest.fixture(scope="session")
def roles() -> DamRoles:
    """The roles that are shipped."""
    return load_roles(SHIPPED)
