"""Every setting of the project, read from the environment and `.env`; nothing else reads either."""

import os
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from blocks.setting_types import AlarmUrl, Delay, Folder, HardToGuess, HttpUrl, TimeZone
from clients.logs.install import LogFormat
from clients.secret_files import file_fault
from domain.errors import ConfigError
from domain.masking import remember_values


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

    pages_token: HardToGuess | None = Field(None, description="Lets whoever has it see the status pages.")
    pages_user_header: str | None = Field(
        None, pattern=r"^[A-Za-z0-9-]+$", description="Header in which the proxy names who may see the status pages."
    )
    pages_names_open: bool = Field(False, description="Lets everybody see the page about file names.")

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

    alarm_webhook_url: AlarmUrl | None = Field(None, description="Where Prefect posts its alarms; unset: mail only.")
    alarm_webhook_token: SecretStr | None = Field(None, description="Bearer token, where that receiver asks for one.")
    alarm_quiet_h: float = Field(
        6, ge=0, allow_inf_nan=False, description="Hours until people are told the same again, where it goes on."
    )
    alarm_long_run_h: float = Field(
        6, gt=0, allow_inf_nan=False, description="Hours that a run goes on, until it is told."
    )
    alarm_no_run_min: int = Field(30, ge=1, description="Minutes without a run that went through, until it is told.")

    llama_cloud_api_key: SecretStr | None = None
    llama_cloud_base_url: HttpUrl | None = Field(None, description="Unset: the real LlamaCloud.")
    llama_agent_name: str = Field(
        "Creativex-Extract", min_length=1, description="Extraction agent of LlamaCloud that reads scorecards."
    )
    llama_wait_s: int = Field(300, ge=1, description="How long LlamaCloud may take to read one scorecard.")
    llama_poll_s: float = Field(1, gt=0, description="Seconds between two looks at how far it is.")

    schedule_timezone: TimeZone = Field(
        "UTC", description="Time zone of the schedules, by its name in the IANA database."
    )
    heartbeat_s: int = Field(
        60, ge=30, description="Seconds between two signs of life of a run; Prefect's least is 30."
    )
    runs_at_once: int | None = Field(None, ge=1, description="Runs that go on at once, all together; unset: no limit.")

    max_campaigns: int = Field(10, ge=1, description="Campaigns that one run takes.")
    assets_in_parallel: int = Field(8, ge=1, le=64)
    scorecards_in_parallel: int = Field(4, ge=1, le=16)
    parts_in_flight: int = Field(4, ge=1, le=32, description="Parts of one upload under way at once.")
    buffer_budget_mb: int = Field(320, ge=32, description="Memory for parts, all uploads of a process together.")
    box_calls_per_second: float = Field(14, gt=0)
    box_uploads_per_second: float = Field(3.5, gt=0)
    lease_s: int = Field(60, ge=3, description="How long a campaign stays taken after its holder fell silent.")
    empty_campaign_after_min: int = Field(60, ge=0, description="A campaign empty for so long is reported once.")
    rework_to_a3: bool = Field(False, description="Move a campaign from A6 to A3 when every reworked file is back.")
    confirmation_wait_s: int = Field(
        3600, ge=1, description="How long an operator's run waits in Prefect to be confirmed; then nothing is moved."
    )
    work_dir: Path | None = Field(None, description="Folder for files under way to the DAM; unset: DATA_DIR/work.")
    work_budget_mb: int = Field(4096, ge=16, description="Disk for files under way, all of a process together.")
    backup_dir: Path | None = Field(None, description="Folder of the database's backups; unset: DATA_DIR/backups.")
    backup_keep_daily: int = Field(7, ge=1, description="Days of which the newest dump is kept.")
    backup_keep_weekly: int = Field(4, ge=1, description="Weeks of which the newest base backup is kept.")
    backup_keep_safety_days: int = Field(30, ge=1, description="How long dumps made before a restore are kept.")
    expiry_warning_days: int = Field(
        30, ge=0, description="Days before its end from which `check` warns of a certificate."
    )
    import_wait_s: float = Field(120, ge=0, description="How long a run waits for the DAM to show what was uploaded.")
    import_lost_after_s: float = Field(
        900,
        ge=0,
        description="An upload whose answer was lost, and of which the DAM shows nothing for so long, is lost.",
    )
    retry_delays_s: Annotated[tuple[Delay, ...], NoDecode] = Field(
        (5, 15, 45), description="Waits between tries of a task, in seconds, comma-separated."
    )

    outbox_keep_days: int = Field(
        90, ge=7, description="Days after which the text of a sent message goes, and with it handled events of Box."
    )
    run_summaries_keep_days: int = Field(400, ge=31, description="Days for which the results of runs are kept.")
    runs_keep_days: int = Field(30, ge=2, description="Days for which Prefect keeps the runs of our deployments.")

    log_format: LogFormat = Field("text", description="What goes to the terminal: lines for people, or JSON lines.")

    @field_validator("retry_delays_s", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return [part for part in value.split(",") if part.strip()] if isinstance(value, str) else value

    @property
    def work_folder(self) -> Path:
        """Where files under way to the DAM lie for as long as it takes."""
        return self.work_dir or self.data_dir / "work"

    @property
    def backup_folder(self) -> Path:
        """Where the database's backups lie."""
        return (self.backup_dir or self.data_dir / "backups").absolute()

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
    "a2-to-a3": ("box_folder_derivatives",),
    "a5-to-a6": ("box_folder_revisions",),
    "b1-to-b2": ("box_folder_global_masters",),
    "creativex-scores": ("box_folder_creativex",),
    "llamacloud": ("llama_cloud_api_key",),
}
"""What each connection or workflow cannot do without."""

WORKFLOWS = ("a1-to-a2", "a2-to-a3", "a5-to-a6", "b1-to-b2", "creativex-scores")
"""Keys of NEEDS that are workflows: what an installation with every schedule on cannot do without."""

_COMPLETED_BY: dict[str, tuple[str, ...]] = {
    "dam_base_url": ("dam_auth_url", "dam_client_id", "dam_client_secret"),
    "dam_mtls_base_url": ("dam_mtls_cert_path", "dam_mtls_cert_password"),
    "dam_mtls_auth_url": ("dam_mtls_base_url", "dam_client_id", "dam_client_secret"),
    "smtp_host": ("mail_sender",),
    "smtp_username": ("smtp_password",),
    "mailgun_base_url": ("mailgun_api_key", "mail_sender"),
    "alarm_webhook_token": ("alarm_webhook_url",),
}
"""What makes no sense alone: a system that is half described would silently count as not there."""

_SECRET_FILES = ("box_jwt_config_path", "dam_mtls_cert_path")
_READABLE_FILES = ("dam_ca_bundle", "smtp_ca_bundle")


def env_file() -> Path:
    """Return the `.env` in use: ENV_FILE where it is set, else the one in the working folder."""
    return Path(os.environ.get("ENV_FILE") or ".env")


def load_settings(*needs: str) -> Settings:
    """Return the settings, or raise ConfigError with every fault: wrong values, unreadable files, missing `needs`."""
    path = env_file()
    file_fault, usable = _envfile_fault(path)
    settings, wrong = _read(path if usable else None)
    remember_values(getattr(settings, name) for name in Settings.model_fields)
    # What a file would have said that cannot be read is not missing.
    others = [*_file_faults(settings), *(missing(settings, *needs) if usable else [])]
    faults = [*file_fault, *wrong.values(), *(fault for fault in others if fault.partition(":")[0] not in wrong)]
    if faults:
        raise ConfigError(faults)
    return settings


def missing(settings: Settings, *needs: str) -> list[str]:
    """Return one line for each setting not set that `needs` (keys of NEEDS) or another setting asks for."""
    half = {name.upper(): rest for name, rest in _COMPLETED_BY.items() if getattr(settings, name) is not None}
    faults: dict[str, str] = {}
    for asker, names in ({need: NEEDS[need] for need in needs} | half).items():
        for name in names:
            if getattr(settings, name) is None:
                faults.setdefault(name, f"{name.upper()}: not set; {asker} needs it")
    if "mail" in needs and settings.smtp_host is None and settings.mailgun_base_url is None:
        faults["mail"] = "SMTP_HOST or MAILGUN_BASE_URL: neither is set; mail needs one"
    return list(faults.values())


def _read(path: Path | None) -> tuple[Settings, dict[str, str]]:
    """Return the settings and the faults by name; what is wrong has its default, so that the rest is judged."""
    try:
        return Settings(_env_file=path), {}
    except ValidationError as error:
        wrong = {str(item["loc"][0]): item["msg"].removeprefix("Value error, ") for item in error.errors()}
    defaults = {name: Settings.model_fields[name].default for name in wrong}
    return Settings(_env_file=path, **defaults), {name.upper(): f"{name.upper()}: {wrong[name]}" for name in wrong}


def _envfile_fault(path: Path) -> tuple[list[str], bool]:
    """Return what is wrong with the `.env`, and whether it can be read all the same. It need not be there."""
    named = bool(os.environ.get("ENV_FILE"))
    if not named and not path.exists():
        return [], True
    label = "ENV_FILE" if named else ".env"
    try:
        path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return [f"{label}: {path} is not UTF-8 text"], False
    except OSError:
        return [f"{label}: {file_fault(path, secret=True)}"], False
    fault = file_fault(path, secret=True)
    return [f"{label}: {fault}"] if fault else [], True


def _file_faults(settings: Settings) -> list[str]:
    faults = []
    for name in (*_SECRET_FILES, *_READABLE_FILES):
        path: Path | None = getattr(settings, name)
        fault = file_fault(path, secret=name in _SECRET_FILES) if path is not None else None
        if fault is not None:
            faults.append(f"{name.upper()}: {fault}")
    return faults
