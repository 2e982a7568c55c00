"""Tries each connection that the settings describe, one after the other, and says what to do about those that fail."""

import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from urllib.parse import urlsplit

from prefect.blocks.core import Block
from prefect.settings import get_current_settings

from blocks.bootstrap import blocks_from
from blocks.box import BoxJwt
from blocks.config_files import load_hooks, load_recipients, load_roles
from blocks.dam import DamCertificate, DamOAuth2
from blocks.database import PostgresDatabase
from blocks.mail import MailgunAccount, SmtpServer
from blocks.settings import Settings
from blocks.webhooks import OutgoingWebhooks
from clients.box.governor import NoGovernor
from db.migrate import current, head
from domain.errors import ConfigError, ContentScalingError
from entrypoints.prefect_api import require_server


@dataclass(frozen=True)
class Verdict:
    """One connection: what was found, or what is wrong and what to do."""

    name: str
    ok: bool
    text: str


def check_all(settings: Settings) -> Iterator[Verdict]:
    """Yield one verdict per connection, as soon as it is known."""
    yield _try("config files", lambda: _config_files(settings))
    for block in blocks_from(settings):
        yield from _check_block(block, settings)
    yield _try("Prefect", _prefect)


def _check_block(block: Block, settings: Settings) -> Iterator[Verdict]:
    if isinstance(block, PostgresDatabase):
        yield _try("database", partial(_database, block))
    elif isinstance(block, DamOAuth2):
        yield _try("DAM (OAuth2)", partial(_dam, block, settings))
    elif isinstance(block, DamCertificate):
        yield _try("DAM (certificate)", partial(_dam, block, settings))
    elif isinstance(block, BoxJwt):
        yield _try("Box", partial(_box, block, settings))
    elif isinstance(block, SmtpServer | MailgunAccount):
        yield _try("mail", partial(_mail, block))
    elif isinstance(block, OutgoingWebhooks):
        for name, url in block.addresses().items():
            yield _try(name, partial(_reachable, url))


def _try(name: str, probe: Callable[[], str]) -> Verdict:
    try:
        return Verdict(name, ok=True, text=probe())
    except ConfigError as error:
        return Verdict(name, ok=False, text="; ".join(error.faults))
    except ContentScalingError as error:
        return Verdict(name, ok=False, text=f"{error} {error.advice}")


def _config_files(settings: Settings) -> str:
    load_roles(settings.config_dir)
    load_recipients(settings.config_dir)
    load_hooks(settings.config_dir, {})
    return f"{settings.config_dir} is well-formed"


def _database(block: PostgresDatabase) -> str:
    address = block.address()
    found, wanted = current(address), head()
    if found != wanted:
        raise ConfigError([f"schema is {found or 'empty'}, this program needs {wanted}: run content-scaling setup"])
    return f"schema {found}" + ("" if block.url is not None else ", embedded PostgreSQL")


def _dam(block: DamOAuth2 | DamCertificate, settings: Settings) -> str:
    with block.get_client(load_roles(settings.config_dir)) as dam:
        dam.probe()
    if isinstance(block, DamCertificate):
        return f"signed in; certificate is good until {block.certificate().expires_at:%Y-%m-%d}"
    return "signed in"


def _box(block: BoxJwt, settings: Settings) -> str:
    box = block.get_client(NoGovernor())
    login = box.probe()
    folder_id = settings.box_folder_local_masters
    if folder_id is None:
        return f"signed in as {login}; BOX_FOLDER_LOCAL_MASTERS is not set"
    return f"signed in as {login}; delivers to folder {box.folder(folder_id)!r}"


def _mail(block: SmtpServer | MailgunAccount) -> str:
    if isinstance(block, SmtpServer):
        block.get_client().probe()
        return f"signed in at {block.host}:{block.port}; sends as {block.sender}"
    return f"{_reachable(block.base_url)}; sends as {block.sender}"


def _reachable(url: str) -> str:
    """Open a connection and say no more: a real request would announce something."""
    parts = urlsplit(url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    try:
        socket.create_connection((parts.hostname or "", port), timeout=10).close()
    except OSError as error:
        raise ConfigError([f"{parts.hostname}:{port} cannot be reached ({error})"]) from None
    return f"{parts.hostname}:{port} can be reached"


def _prefect() -> str:
    if get_current_settings().api.url is None:
        return "PREFECT_API_URL is not set: `run` starts a private server, `setup` needs one of yours"
    return f"{require_server()} answers"
