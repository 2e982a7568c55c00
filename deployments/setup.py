"""Makes an installation ready: Prefect blocks, database schema, work pool, deployments. Safe to run again."""

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
from blocks.saved import load_block
from blocks.settings import Settings
from db.migrate import upgrade
from deployments.local_server import WORK_POOL
from domain.errors import ConfigError

Say = Callable[[str], None]
_UNWRAPPED = "1000"  # columns of the messages of `prefect deploy`


def set_up(settings: Settings, checkout: Path, say: Say, environment: Mapping[str, str] | None = None) -> None:
    """Do everything; `say` gets one line for each thing done. Needs the Prefect API.

    Raises ConfigError when `checkout` has no prefect.yaml, before anything is done, or when it cannot be applied.
    """
    if not (checkout / "prefect.yaml").is_file():
        raise ConfigError([f"prefect.yaml: not in {checkout}; run setup in the folder of the checkout"])
    for saved in save_blocks(settings):
        say(f"block: {saved}")
    upgrade(load_block(PostgresDatabase, settings.block_name).address())
    say("database: schema is up to date")
    say(f"work pool: {WORK_POOL} ({_create_pool()})")
    deploy(checkout, environment or {})
    say("deployments: as in prefect.yaml")


def deploy(checkout: Path, environment: Mapping[str, str]) -> None:
    """Apply `prefect.yaml` to the Prefect server."""
    done = subprocess.run(
        [sys.executable, "-m", "prefect", "--no-prompt", "deploy", "--all"],
        cwd=checkout, env={**os.environ, "COLUMNS": _UNWRAPPED, **environment},
        capture_output=True, text=True, check=False,
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
