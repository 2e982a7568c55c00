"""Credentials of LlamaCloud, which reads CreativeX scorecards."""

from prefect.blocks.abstract import CredentialsBlock
from pydantic import Field, SecretStr

from blocks.settings import Settings
from clients.creativex import ScoreExtractor
from clients.creativex.llamacloud import LlamaCloudExtractor


class LlamaCloud(CredentialsBlock):
    """LlamaCloud's extraction service."""

    _block_type_name = "LlamaCloud"
    _block_type_slug = "llamacloud"
    _description = "LlamaCloud extraction, which reads CreativeX scorecards."

    api_key: SecretStr = Field(title="API key", description="Key of the LlamaCloud project.")
    base_url: str | None = Field(default=None, title="Address", description="Empty: the real LlamaCloud.")

    def get_client(self, settings: Settings) -> ScoreExtractor:
        """Return what reads scorecards, by the agent and as patiently as the settings say; no request is made yet."""
        return LlamaCloudExtractor(
            self.api_key.get_secret_value(),
            agent_name=settings.llama_agent_name,
            base_url=self.base_url,
            wait_s=settings.llama_wait_s,
            poll_s=settings.llama_poll_s,
        )
