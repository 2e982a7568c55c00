"""Blocks as they are saved in Prefect, which is what runs use. Needs the Prefect API."""

from functools import cached_property
from typing import TypeVar

from prefect.blocks.core import Block
from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import BlockDocument

from domain.errors import ConfigError
from domain.masking import remember_values

AnyBlock = TypeVar("AnyBlock", bound=Block)


class SavedBlocks:
    """All blocks saved under `name`, as they are when the first is asked for: one request, where `Block.load` is one
    for each.
    """

    def __init__(self, name: str) -> None:
        self._name = name

    def load(self, block: type[AnyBlock]) -> AnyBlock:
        """Return the block of this class, or raise ConfigError."""
        found = self.find(block)
        if found is None:
            raise ConfigError(
                [f"Prefect block {slug_of(block, self._name)}: not there; fill .env and run: content-scaling setup"]
            )
        return found

    def find(self, block: type[AnyBlock]) -> AnyBlock | None:
        """Return the block of this class, or None."""
        document = self._documents.get(block.get_block_type_slug())
        # Private, but what `Block.load` does with the answer to its request.
        loaded = block._load_from_block_document(document) if document is not None else None
        if loaded is not None:
            remember_values(getattr(loaded, name) for name in block.model_fields)
        return loaded

    @property
    def slugs(self) -> set[str]:
        """Slugs of what is saved."""
        return {f"{kind}/{self._name}" for kind in self._documents}

    @cached_property
    def _documents(self) -> dict[str, BlockDocument]:
        """What is saved, by the slug of the block's type."""
        named = {"block_documents": {"name": {"any_": [self._name]}}, "include_secrets": True}
        with get_client(sync_client=True) as client:
            answer = client.request("POST", "/block_documents/filter", json=named)
        documents = BlockDocument.model_validate_list(answer.json())
        return {document.block_type.slug: document for document in documents if document.block_type is not None}


def slug_of(block: type[Block], name: str) -> str:
    """Return what Prefect calls the block."""
    return f"{block.get_block_type_slug()}/{name}"


def load_block(block: type[AnyBlock], name: str) -> AnyBlock:
    """Return the block saved under `name`, or raise ConfigError."""
    return SavedBlocks(name).load(block)
