"""Makes an installation ready: database, work pool, blocks, automations, deployments. Safe to run again.

Limits of how many runs of a workflow go on at once are made with the deployments: they are Prefect's global limits.
"""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from blocks.bootstrap import block_differences, database_in_use, left_blocks, save_blocks
from blocks.saved import SavedBlocks
from blocks.settings import Settings
from deployments.automations import apply_rules, plan_automations
from deployments.deploying import FILE, deploy, plan_deployments, variables_of
from deployments.plan import MADE, Item, changed
from deployments.pool import plan_pool, set_pool
from deployments.schema import bring_up, plan_schema
from domain.errors import ConfigError
from domain.work_pool import WORK_POOL

Say = Callable[[str], None]


def set_up(settings: Settings, checkout: Path, say: Say, environment: Mapping[str, str] | None = None) -> None:
    """Do everything; `say` gets one line for each thing done. Needs the Prefect API.

    Raises ConfigError when `checkout` has no prefect.yaml, before anything is done, or when it cannot be applied.
    """
    _require_file(checkout)
    bring_up(database_in_use(settings))
    say("database: schema is up to date")
    say(f"work pool: {WORK_POOL} ({set_pool(settings.runs_at_once)})")
    for saved in save_blocks(settings):
        say(f"block: {saved}")
    for item in apply_rules(settings):
        say(str(item))
    deploy(checkout, {**(environment or {}), **variables_of(settings)})
    say(f"deployments: as in {FILE}")


def plan(settings: Settings, checkout: Path) -> Iterator[Item]:
    """Yield what `set_up` would do to each thing, in its order. Changes nothing anywhere. Needs the Prefect API.

    Raises ConfigError where `set_up` would do so before it does anything.
    """
    _require_file(checkout)
    yield plan_schema(database_in_use(settings))
    yield plan_pool(settings.runs_at_once)
    yield from plan_blocks(settings)
    yield from plan_automations(settings)
    yield from plan_deployments(checkout, variables_of(settings))


def plan_blocks(settings: Settings) -> Iterator[Item]:
    """Yield what `save_blocks` would do to each block, and which it leaves though the settings are silent on them."""
    there, left = SavedBlocks(settings.block_name).slugs, left_blocks(settings)
    differences = block_differences(settings)
    for slug, names in differences.items():
        note = _left(slug) if slug in left else None
        yield Item(f"block: {slug}", changed(names) if slug in there else MADE, note)
    for slug in left:
        if slug not in differences:
            yield Item(f"block: {slug}", note=_left(slug))


def _left(slug: str) -> str:
    return f"not in the settings, and used; to end that: prefect block delete {slug}, then content-scaling setup"


def _require_file(checkout: Path) -> None:
    if not (checkout / FILE).is_file():
        raise ConfigError([f"{FILE}: not in {checkout}; run setup in the folder of the checkout"])
