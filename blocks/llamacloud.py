"""Credentials of LlamaCloud, which reads CreativeX scorecards."""

from typing import TYPE_CHECKING

from prefect.blocks.abstract import CredentialsBlock
from pydantic import Field, SecretStr

if TYPE_CHECKING:
    from llama_cloud_services import LlamaExtract


class LlamaCloud(CredentialsBlock):
    """LlamaCloud's extraction service."""

    _block_type_name = "LlamaCloud"
    _block_type_slug = "llamacloud"
    _description = "LlamaCloud extraction, which reads CreativeX scorecards."

    api_key: SecretStr = Field(title="API key", description="Key of the LlamaCloud project.")
    base_url: str | None = Field(default=None, title="Address", description="Empty: the real LlamaCloud.")

    def get_client(self) -> "LlamaExtract":
        """Return the extraction client. The package takes seconds to import, so it is imported here."""
        from llama_cloud_services import LlamaExtract

        return LlamaExtract(api_key=self.api_key.get_secret_value(), base_url=self.base_url)
