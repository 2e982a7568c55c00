"""Credentials of Box: a JWT app."""

from pathlib import Path

from prefect.blocks.abstract import CredentialsBlock
from pydantic import Field

from clients.box.app_settings import client_id
from clients.box.client import BoxClient, addresses
from clients.box.governor import Governor
from clients.secret_files import readable_by_others
from domain.errors import ConfigError


class BoxJwt(CredentialsBlock):
    """Box by a JWT app. The key stays in its file on the worker."""

    _block_type_name = "Box (JWT app)"
    _block_type_slug = "box-jwt"
    _description = "Box as the service account of a JWT app."

    config_path: Path = Field(title="App settings", description="JSON of the developer console, mode 600.")
    api_url: str | None = Field(default=None, title="API address", description="Empty: the real Box.")
    upload_url: str | None = Field(default=None, title="Upload address", description="Empty: the real Box.")

    def get_client(self, governor: Governor) -> BoxClient:
        """Return a client whose every call takes a slot from `governor` first."""
        return BoxClient(self._config(), api_url=self.api_url, upload_url=self.upload_url, governor=governor)

    def addresses(self) -> tuple[str, str]:
        """Return where calls and where uploads go."""
        return addresses(self.api_url, self.upload_url)

    def user(self) -> str:
        """Return a name for the service user, whose calls Box counts together."""
        return f"box/{client_id(self._config())}"

    def _config(self) -> str:
        try:
            if readable_by_others(self.config_path):
                raise _refused(f"others can read {self.config_path}; run: chmod 600 {self.config_path}")
            return self.config_path.read_text(encoding="utf-8")
        except OSError as error:
            raise _refused(f"{self.config_path} cannot be read here ({error.strerror})") from None
        except UnicodeDecodeError:
            raise _refused(
                f"{self.config_path} is not UTF-8 text; download it from the developer console again"
            ) from None


def _refused(text: str) -> ConfigError:
    return ConfigError([f"BOX_JWT_CONFIG_PATH: {text}"])
