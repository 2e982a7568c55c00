"""Credentials of the project's own database."""

from pathlib import Path

from prefect.blocks.abstract import CredentialsBlock
from pydantic import Field, SecretStr

from db.embedded import embedded_url
from db.engine import Store
from db.migrate import require_head


class PostgresDatabase(CredentialsBlock):
    """PostgreSQL, or the embedded server of this checkout."""

    _block_type_name = "Tracking database"
    _block_type_slug = "tracking-database"
    _description = "PostgreSQL database that remembers every asset, transfer and status change."

    url: SecretStr | None = Field(
        default=None, title="Address", description="postgresql://...; empty: the embedded server in the data folder."
    )
    data_dir: Path = Field(default=Path(".data"), title="Data folder", description="Of the embedded server.")

    def address(self) -> str:
        """Return the address, after starting the embedded server where that one is used."""
        return self.url.get_secret_value() if self.url is not None else embedded_url(self.data_dir / "postgres")

    def get_client(self, *, pool_size: int = 8) -> Store:
        """Return the store, with its own pool of connections. Raises ConfigError for the schema of another program."""
        address = self.address()
        require_head(address)
        return Store(address, pool_size=pool_size)
