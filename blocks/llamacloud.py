"""Credentials of LlamaCloud, which reads CreativeX scorecards."""

from prefect.blocks.abstract import CredentialsBlock
from pydantic import Field, SecretStr

from clients.creativex import ScoreExtractor
from clients.creativex.llamacloud import LlamaCloudExtractor


class LlamaCloud(CredentialsBlock):
    """LlamaCloud's extraction service."""

    _block_type_name = "LlamaCloud"
    _block_type_slug = "llamacloud"
    _description = "LlamaCloud extraction, which reads CreativeX scorecards."

    api_key: SecretStr = Field(title="API key", description="Key of the LlamaCloud project.")
    base_url: str | None = Field(default=None, title="Address", description="Empty: the real LlamaCloud.")

    def get_client(self, *, agent_name: str, wait_s: int, poll_s: float) -> ScoreExtractor:
        """Return what reads scorecards by the agent of that name; no request is made yet."""
        return LlamaCloudExtractor(
            self.api_key.get_secret_value(),
            agent_name=agent_name,
            base_url=self.base_url,
            wait_s=wait_s,
            poll_s=poll_s,
        )
