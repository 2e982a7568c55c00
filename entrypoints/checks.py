"""Tries each connection that the settings describe, one after the other, and says what to do about those that fail."""

import socket
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple
from urllib.parse import urlsplit

from prefect.blocks.core import Block
from prefect.settings import get_current_settings

from blocks.bootstrap import blocks_from, differing_blocks
from blocks.box import BoxJwt
from blocks.config_files import load_codes, load_hooks, load_recipients, load_roles
from blocks.dam import DamCertificate, DamOAuth2
from blocks.database import PostgresDatabase
from blocks.field_rules import load_field_rules
from blocks.llamacloud import LlamaCloud
from blocks.mail import MailgunAccount, SmtpServer
from blocks.settings import Settings, missing
from blocks.webhooks import OutgoingWebhooks
from clients.box.client import BoxClient
from clients.box.governor import NoGovernor
from clients.video import ffprobe_version
from db.migrate import head, require_head
from domain.errors import ConfigError, ContentScalingError, NotFound, ServiceUnavailable
from entrypoints.prefect_api import require_server


class _BoxFolder(NamedTuple):
    """Setting of a folder in Box, the workflow that needs it, and what that does there."""

    variable: str
    workflow: str
    use: str


_BOX_FOLDERS = (
    _BoxFolder("BOX_FOLDER_LOCAL_MASTERS", "a1-to-a2", "delivers to folder"),
    _BoxFolder("BOX_FOLDER_DERIVATIVES", "a2-to-a3", "takes in from folder"),
    _BoxFolder("BOX_FOLDER_REVISIONS", "a5-to-a6", "sends back to folder"),
    _BoxFolder("BOX_FOLDER_GLOBAL_MASTERS", "b1-to-b2", "delivers to folder"),
    _BoxFolder("BOX_FOLDER_CREATIVEX", "creativex-scores", "reads scorecards in folder"),
)


@dataclass(frozen=True)
class Verdict:
    """One connection: what was found, or what is wrong and what to do."""

    name: str
    ok: bool
    text: str


def check_all(settings: Settings) -> Iterator[Verdict]:
    """Yield one verdict per connection, as soon as it is known. Changes nothing anywhere."""
    yield _try("config files", "CONFIG_DIR", lambda: _config_files(settings))
    for block in blocks_from(settings):
        yield from _check_block(block, settings)
    yield from _not_described(settings)
    yield _try("video", "the installation of ffmpeg", _video)
    yield _try("Prefect", "PREFECT_API_URL", partial(_prefect, settings))


def _check_block(block: Block, settings: Settings) -> Iterator[Verdict]:
    if isinstance(block, PostgresDatabase):
        yield _try("database", "DATABASE_URL", partial(_database, block))
    elif isinstance(block, DamOAuth2):
        yield _try("DAM (OAuth2)", "DAM_BASE_URL and DAM_AUTH_URL", partial(_dam, block, settings))
    elif isinstance(block, DamCertificate):
        yield _try("DAM (certificate)", "DAM_MTLS_BASE_URL and DAM_MTLS_AUTH_URL", partial(_dam, block, settings))
    elif isinstance(block, BoxJwt):
        yield _try("Box", "BOX_JWT_CONFIG_PATH and BOX_API_URL", partial(_box, block, settings))
    elif isinstance(block, SmtpServer):
        yield _try("mail", "SMTP_HOST and SMTP_PORT", partial(_smtp, block))
    elif isinstance(block, MailgunAccount):
        yield _try("mail (Mailgun)", "MAILGUN_BASE_URL", partial(_mailgun, block))
    elif isinstance(block, LlamaCloud):
        yield _try("LlamaCloud", "LLAMA_CLOUD_API_KEY and LLAMA_CLOUD_BASE_URL", partial(_llama_cloud, block, settings))
    elif isinstance(block, OutgoingWebhooks):
        for name, url in block.addresses().items():
            yield _try(name, name, partial(_reachable, url))


def _not_described(settings: Settings) -> Iterator[Verdict]:
    """Yield a verdict on each system that the work needs and the settings do not say a word about."""
    dam = missing(settings, "dam-oauth2") if settings.dam_mtls_base_url is None else []
    others = {"Box": "box", "mail": "mail", "LlamaCloud": "llamacloud"}
    for name, faults in {"DAM": dam, **{name: missing(settings, need) for name, need in others.items()}}.items():
        if faults:
            yield Verdict(name, ok=False, text="; ".join(faults))


def _try(name: str, source: str, probe: Callable[[], str]) -> Verdict:
    """Run the probe; `source` names the settings to look at when it fails."""
    try:
        return Verdict(name, ok=True, text=probe())
    except ConfigError as error:
        return Verdict(name, ok=False, text="; ".join(error.faults))
    except ContentScalingError as error:
        return Verdict(name, ok=False, text=f"{error}; check {source}")
    except Exception as error:
        # The other connections are still to be tried.
        return Verdict(name, ok=False, text=f"unexpected {type(error).__name__}; check {source}")


def _config_files(settings: Settings) -> str:
    load_roles(settings.config_dir)
    load_codes(settings.config_dir)
    load_field_rules(settings.config_dir)
    load_recipients(settings.config_dir)
    load_hooks(settings.config_dir, {})
    return f"{settings.config_dir} is well-formed"


def _database(block: PostgresDatabase) -> str:
    embedded = block.url is None
    if embedded and not (block.data_dir / "postgres").exists():
        raise ConfigError([f"no embedded PostgreSQL in {block.data_dir} yet: run content-scaling setup"])
    require_head(block.address())
    return f"schema {head()}" + (", embedded PostgreSQL" if embedded else "")


def _dam(block: DamOAuth2 | DamCertificate, settings: Settings) -> str:
    with block.get_client(load_roles(settings.config_dir)) as dam:
        dam.probe()
    if isinstance(block, DamCertificate):
        return f"signed in; certificate is good until {block.certificate().expires_at:%Y-%m-%d}"
    return "signed in"


def _box(block: BoxJwt, settings: Settings) -> str:
    with closing(block.get_client(NoGovernor())) as box:
        login, found, faults = box.probe(), [], []
        for folder in _BOX_FOLDERS:
            try:
                found.append(_folder_use(folder, getattr(settings, folder.variable.lower()), box))
            except (ConfigError, NotFound) as error:
                faults += _folder_faults(error, folder, login)
    if faults:
        raise ConfigError(faults)
    return f"signed in as {login}; {'; '.join(found)}"


def _folder_use(folder: _BoxFolder, folder_id: str | None, box: BoxClient) -> str:
    if folder_id is None:
        raise ConfigError([f"{folder.variable} is not set: {folder.workflow} needs it"])
    return f"{folder.use} {box.folder(folder_id)!r}"


def _folder_faults(error: ConfigError | NotFound, folder: _BoxFolder, login: str) -> list[str]:
    if isinstance(error, ConfigError):
        return [f"signed in as {login}, but {fault}" for fault in error.faults]
    return [f"{folder.variable}: {login} sees no such folder; correct it, or invite {login} to it"]


def _video() -> str:
    return f"ffprobe {ffprobe_version()}"


def _smtp(block: SmtpServer) -> str:
    block.get_client().probe()
    return f"signed in at {block.host}:{block.port}; sends as {block.sender}"


def _mailgun(block: MailgunAccount) -> str:
    return f"{_reachable(block.base_url)}; sends as {block.sender}"


def _llama_cloud(block: LlamaCloud, settings: Settings) -> str:
    return f"signed in; agent {block.get_client(settings).probe()} reads scorecards"


def _reachable(url: str) -> str:
    """Open a connection and say no more: a real request would announce something."""
    parts = urlsplit(url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    try:
        socket.create_connection((parts.hostname or "", port), timeout=10).close()
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise ServiceUnavailable(f"{parts.hostname}:{port} cannot be reached ({reason})") from None
    return f"{parts.hostname}:{port} can be reached"


def _prefect(settings: Settings) -> str:
    if get_current_settings().api.url is None:
        return "PREFECT_API_URL is not set: `run` starts a private server, `setup` needs one of yours"
    answers = f"{require_server()} answers"
    differing = differing_blocks(settings)
    if not differing:
        return f"{answers}; its blocks are as these settings say"
    return f"{answers}; runs use its blocks, not these settings, and setup would change {', '.join(differing)}"
