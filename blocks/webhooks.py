"""Addresses and token of the outgoing webhooks."""

from prefect.blocks.abstract import CredentialsBlock
from pydantic import Field, SecretStr

from clients.webhook.client import WebhookClient


class OutgoingWebhooks(CredentialsBlock):
    """Where status changes and uploads are announced. A hook without an address is off."""

    _block_type_name = "Outgoing webhooks"
    _block_type_slug = "outgoing-webhooks"
    _description = "Addresses and token of the webhooks that announce what was done."

    # An address may hold a key, in its path or query.
    campaign_status_url: SecretStr | None = Field(default=None, title="Campaign status", description="Empty: off.")
    asset_upload_url: SecretStr | None = Field(default=None, title="Asset upload", description="Empty: off.")
    token: SecretStr | None = Field(default=None, title="Token", description="Bearer token, where a hook asks for it.")

    def get_client(self) -> WebhookClient:
        """Return a client that signs in with the token."""
        return WebhookClient(token=self.token.get_secret_value() if self.token is not None else None)

    def addresses(self) -> dict[str, str]:
        """Return the address of each hook that has one, by the name of its variable in the environment."""
        found = {
            "WEBHOOK_CAMPAIGN_STATUS_URL": self.campaign_status_url,
            "WEBHOOK_ASSET_UPLOAD_URL": self.asset_upload_url,
        }
        return {name: url.get_secret_value() for name, url in found.items() if url}
