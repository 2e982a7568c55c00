"""Blocks as they are saved in Prefect, which is what runs use. Needs the Prefect API."""

from typing import TypeVar, cast

from prefect.blocks.core import Block
from prefect.exceptions import ObjectNotFound

from domain.errors import ConfigError

AnyBlock = TypeVar("AnyBlock", bound=Block)


def slug_of(block: type[Block], name: str) -> str:
    """Return what Prefect calls the block."""
    return f"{block.get_block_type_slug()}/{name}"


def load_block(block: type[AnyBlock], name: str) -> AnyBlock:
    """Return the block saved under `name`, or raise ConfigError."""
    found = find_block(block, name)
    if found is None:
        raise ConfigError(
            [f"Prefect block {slug_of(block, name)}: not there; fill .env and run: content-scaling setup"]
        )
    return found


def find_block(block: type[AnyBlock], name: str) -> AnyBlock | None:
    """Return the block saved under `name`, or None."""
    try:
        return cast(AnyBlock, block.load(name))
    except ValueError as error:
        if isinstance(error.__cause__, ObjectNotFound):
            return None
        raise
