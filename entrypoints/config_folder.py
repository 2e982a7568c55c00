"""Where the YAML files are, for commands that need no other setting: nothing else in the `.env` may be in their way."""

import os
from pathlib import Path

from pydantic_settings import BaseSettings, SettingsConfigDict

from domain.errors import ConfigError


class _Folder(BaseSettings):
    """The one setting, read from the same places as all of them."""

    model_config = SettingsConfigDict(extra="ignore", env_ignore_empty=True)

    config_dir: Path = Path("config")


def config_folder() -> Path:
    """Return CONFIG_DIR of the environment or of the `.env` in use. Raises ConfigError for a `.env` it cannot read."""
    named = os.environ.get("ENV_FILE")
    path = Path(named or ".env")
    if named and not path.is_file():
        raise ConfigError([f"ENV_FILE: there is no file {path}"])
    try:
        return _Folder(_env_file=path).config_dir
    except UnicodeDecodeError:
        raise ConfigError([f"{path}: is not UTF-8 text"]) from None
    except OSError as error:
        raise ConfigError([f"{path}: cannot be read ({error.strerror})"]) from None
