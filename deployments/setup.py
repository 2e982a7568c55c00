"""Makes an installation ready: database schema, Prefect blocks, work pool, deployments. Safe to run again."""

import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from prefect.client.orchestration import get_client
from prefect.client.schemas.actions import WorkPoolCreate
from prefect.exceptions import ObjectAlreadyExists

from blocks.bootstrap import save_blocks
from blocks.database import PostgresDatabase
from blocks.settings import Settings
from db.migrate import upgrade
from deployments.local_server import WORK_POOL
from domain.errors import ConfigError

Say = Callable[[str], None]


def set_up(settings: Settings, checkout: Path, say: Say, environment: Mapping[str, str] | None = None) -> None:
    """Do everything; `say` gets one line for each thing done. Needs the Prefect API."""
    database = PostgresDatabase(url=settings.database_url, data_dir=settings.data_dir.absolute())
    upgrade(database.address())
    say("database: schema is up to date")
    for saved in save_blocks(settings):
        say(f"block: {saved}")
    say(f"work pool: {WORK_POOL} ({_create_pool()})")
    deploy(checkout, environment or {})
    say("deployments: as in prefect.yaml")


def deploy(checkout: Path, environment: Mapping[str, str]) -> None:
    """Apply `prefect.yaml` to the Prefect server."""
    done = subprocess.run(
        [sys.executable, "-m", "prefect", "--no-prompt", "deploy", "--all"],
        cwd=checkout, env={**os.environ, **environment}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode != 0:
        raise ConfigError([f"prefect.yaml could not be applied: {(done.stderr or done.stdout).strip()[-800:]}"])


def _create_pool() -> str:
    with get_client(sync_client=True) as client:
        try:
            client.create_work_pool(WorkPoolCreate(name=WORK_POOL, type="process"))
        except ObjectAlreadyExists:
            return "was there"
    return "made"
