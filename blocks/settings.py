"""Every setting of the project, read from the environment and `.env`; nothing else reads either."""

import os
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from clients.secret_files import readable_by_others
from domain.errors import ConfigError


def _http_url(value: str) -> str:
    if not value.startswith(("http://", "https://")):
        raise ValueError("must start with http:// or https://")
    return value.rstrip("/")


HttpUrl = Annotated[str, AfterValidator(_http_url)]
Folder = Annotated[str, Field(pattern=r"^\d+$", description="Id of a Box folder, digits only.")]


class Settings(BaseSettings):
    """What differs from one installation to the next. Names in the environment are the field names in upper case."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore", env_ignore_empty=True, hide_input_in_errors=True)

    env: Literal["staging", "production"] = Field("staging", description="Which environment this is; shown in mails.")
    blocks_name: str = Field("", description="Name of the Prefect blocks; empty: the value of ENV.")
    config_dir: Path = Field(Path("config"), description="Folder of the YAML files.")
    data_dir: Path = Field(Path(".data"), description="Folder of the embedded database and of local Prefect data.")

    dam_base_url: HttpUrl | None = Field(None, description="REST address of the DAM, ends in /otmmapi.")
    dam_auth_url: HttpUrl | None = Field(None, description="Token address of OTDS.")
    dam_client_id: str | None = Field(None, description="OAuth2 client id.")
    dam_client_secret: SecretStr | None = Field(None, description="OAuth2 client secret.")
    dam_ca_bundle: Path | None = Field(None, description="CA certificates of the DAM, PEM.")
    dam_mtls_base_url: HttpUrl | None = Field(None, description="REST address behind the client certificate.")
    dam_mtls_auth_url: HttpUrl | None = Field(None, description="Token address behind the certificate, where used.")
    dam_mtls_cert_path: Path | None = Field(None, description="Client certificate, PFX or P12.")
    dam_mtls_cert_password: SecretStr | None = Field(None, description="Password of the PFX.")

    box_jwt_config_path: Path | None = Field(None, description="JSON of the Box app, with its encrypted key.")
    box_api_url: HttpUrl | None = Field(None, description="Unset: the real Box.")
    box_upload_url: HttpUrl | None = Field(None, description="Unset: the real Box.")
    box_folder_local_masters: Folder | None = None
    box_folder_global_masters: Folder | None = None
    box_folder_derivatives: Folder | None = None
    box_folder_revisions: Folder | None = None
    box_folder_creativex: Folder | None = None
    box_webhook_primary_key: SecretStr | None = None
    box_webhook_secondary_key: SecretStr | None = None

    database_url: SecretStr | None = Field(None, description="PostgreSQL; unset: the embedded one in DATA_DIR.")

    smtp_host: str | None = None
    smtp_port: int = Field(587, ge=1, le=65535)
    smtp_username: str | None = None
    smtp_password: SecretStr | None = None
    smtp_starttls: bool = True
    smtp_ca_bundle: Path | None = Field(None, description="CA certificates of the mail server, PEM.")
    mailgun_base_url: HttpUrl | None = Field(None, description="Mailgun domain address, used instead of SMTP.")
    mailgun_api_key: SecretStr | None = None
    mail_sender: str | None = Field(None, pattern=r"^[^@\s]+@[^@\s]+$", description="From address of every mail.")

    webhook_campaign_status_url: HttpUrl | None = None
    webhook_asset_upload_url: HttpUrl | None = None
    webhook_token: SecretStr | None = None

    llama_cloud_api_key: SecretStr | None = None
    llama_cloud_base_url: HttpUrl | None = None

    max_campaigns: int = Field(10, ge=1, description="Campaigns that one run takes.")
    assets_in_parallel: int = Field(8, ge=1, le=64)
    parts_in_flight: int = Field(4, ge=1, le=32, description="Parts of one upload under way at once.")
    buffer_budget_mb: int = Field(320, ge=32, description="Memory for parts, all uploads of a process together.")
    box_calls_per_second: float = Field(14, gt=0)
    box_uploads_per_second: float = Field(3.5, gt=0)
    lease_s: int = Field(60, ge=3, description="How long a campaign stays taken after its holder fell silent.")
    empty_campaign_after_min: int = Field(60, ge=0, description="A campaign empty for so long is reported once.")
    retry_delays_s: Annotated[tuple[float, ...], NoDecode] = Field(
        (5, 15, 45), description="Waits between tries of a task, in seconds, comma-separated."
    )

    @field_validator("retry_delays_s", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return [part for part in value.split(",") if part.strip()] if isinstance(value, str) else value

    @property
    def block_name(self) -> str:
        """Name under which this environment's blocks are saved."""
        return self.blocks_name or self.env


NEEDS: dict[str, tuple[str, ...]] = {
    "dam-oauth2": ("dam_base_url", "dam_auth_url", "dam_client_id", "dam_client_secret"),
    "dam-mtls": ("dam_mtls_base_url", "dam_mtls_cert_path", "dam_mtls_cert_password"),
    "box": ("box_jwt_config_path",),
    "mail": ("mail_sender",),
    "a1-to-a2": ("box_folder_local_masters",),
}
"""What each connection or workflow cannot do without."""

_SECRET_FILES = ("box_jwt_config_path", "dam_mtls_cert_path")
_READABLE_FILES = ("dam_ca_bundle", "smtp_ca_bundle")


def env_file() -> Path:
    """Return the `.env` in use: ENV_FILE where it is set, else the one in the working folder."""
    return Path(os.environ.get("ENV_FILE") or ".env")


def load_settings(*needs: str) -> Settings:
    """Return the settings, or raise ConfigError with every fault: wrong values, unreadable files, missing `needs`."""
    path = env_file()
    if path.exists() and readable_by_others(path):
        raise ConfigError([f"{path}: others can read it; run: chmod 600 {path}"])
    if not path.exists() and "ENV_FILE" in os.environ:
        raise ConfigError([f"ENV_FILE: there is no file {path}"])
    try:
        settings = Settings(_env_file=path)
    except ValidationError as error:
        raise ConfigError([_fault(dict(item)) for item in error.errors()]) from None
    faults = [*_file_faults(settings), *missing(settings, *needs)]
    if faults:
        raise ConfigError(faults)
    return settings


def missing(settings: Settings, *needs: str) -> list[str]:
    """Return one line for each setting that `needs` (keys of NEEDS) ask for and that is not set."""
    faults = []
    for need in needs:
        for name in NEEDS[need]:
            if getattr(settings, name) is None:
                faults.append(f"{name.upper()}: not set; {need} needs it")
    if "mail" in needs and settings.smtp_host is None and settings.mailgun_base_url is None:
        faults.append("SMTP_HOST or MAILGUN_BASE_URL: neither is set; mail needs one")
    if settings.mailgun_base_url is not None and settings.mailgun_api_key is None:
        faults.append("MAILGUN_API_KEY: not set; MAILGUN_BASE_URL needs it")
    return faults


def _fault(error: dict[str, Any]) -> str:
    name = str(error["loc"][0]).upper() if error["loc"] else "settings"
    return f"{name}: {error['msg']}"


def _file_faults(settings: Settings) -> list[str]:
    faults = []
    for name in (*_SECRET_FILES, *_READABLE_FILES):
        path: Path | None = getattr(settings, name)
        if path is None:
            continue
        if not path.is_file():
            faults.append(f"{name.upper()}: there is no file {path}")
        elif name in _SECRET_FILES and readable_by_others(path):
            faults.append(f"{name.upper()}: others can read {path}; run: chmod 600 {path}")
    return faults
