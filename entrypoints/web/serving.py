"""Puts receiver and status pages together from the settings and the Prefect blocks that runs use.

Neither Box nor Prefect has to be there for that: they are asked when an event comes.
"""

import logging
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from functools import partial

from prefect.settings import get_current_settings

from blocks.bootstrap import block_from
from blocks.box import BoxJwt
from blocks.config_files import load_codes
from blocks.database import PostgresDatabase
from blocks.saved import load_block
from blocks.settings import Settings, load_settings, missing
from clients.box.governor import NoGovernor
from db.engine import Store
from db.migrate import require_head
from db.repositories.inbox import mark_started
from deployments.local_server import answers
from domain.box_webhooks import SigningKeys
from domain.errors import ConfigError
from entrypoints.web.access import Access, is_loopback
from entrypoints.web.app import Receiver
from entrypoints.web.own_user import OwnUser
from entrypoints.web.pages import CONNECTIONS as PAGES_CONNECTIONS
from entrypoints.web.pages import Pages
from entrypoints.web.runs import start_run
from entrypoints.web.starter import BurstStarter

_log = logging.getLogger(__name__)

_CONNECTIONS = 8
_DATABASE_S = 3.0


def receiver_settings() -> Settings:
    """Return the settings. Raises ConfigError for what is wrong, and for what is missing where webhooks are taken."""
    settings = load_settings()
    if why_no_webhooks(settings) is not None:
        return settings
    faults = missing(settings, "box")
    if settings.box_folder_derivatives is None:
        faults.append("BOX_FOLDER_DERIVATIVES: not set; serve needs it")
    if get_current_settings().api.url is None:
        faults.append("PREFECT_API_URL: not set; it is the address of your Prefect server, ending in /api")
    if faults:
        raise ConfigError(faults)
    return settings


def why_no_webhooks(settings: Settings) -> str | None:
    """Return why no webhooks of Box can be taken, or None where they are."""
    if _keys(settings).by_header():
        return None
    where = "they are on the app's webhook page in Box's developer console"
    return f"neither BOX_WEBHOOK_PRIMARY_KEY nor BOX_WEBHOOK_SECONDARY_KEY is set; {where}"


def ready_database(settings: Settings) -> str:
    """Return the address of the database that runs use; where Prefect is away, of the one in the settings.

    Raises ConfigError for the schema of another program.
    """
    address = _database(settings).address()
    require_head(address)
    return address


@contextmanager
def open_receiver(settings: Settings, address: str) -> Iterator[Receiver | None]:
    """Give the receiver, its connections to the database open, or None where no webhooks can be taken."""
    if why_no_webhooks(settings) is not None:
        yield None
        return
    with ExitStack() as open_now:
        store = open_now.enter_context(closing(Store(address, pool_size=_CONNECTIONS, timeout_s=_DATABASE_S)))
        starter = open_now.enter_context(closing(BurstStarter(start_run, partial(_note, store))))
        yield Receiver(
            keys=_keys(settings),
            store=store,
            start=starter,
            folder_id=settings.box_folder_derivatives or "",
            own_user_id=OwnUser(partial(_own_user_id, settings)),
        )


def page_access(settings: Settings, *, host: str, proxy: str) -> Access:
    """Return who may see the status pages, where we listen on `host` with that proxy in front."""
    return Access(
        token=settings.pages_token,
        user_header=settings.pages_user_header,
        proxy=proxy,
        on_loopback=is_loopback(host),
        names_open=settings.pages_names_open,
    )


@contextmanager
def open_pages(settings: Settings, access: Access, address: str) -> Iterator[Pages | None]:
    """Give the status pages, or None where nobody may see any."""
    if access.shows_nothing:
        yield None
        return
    with closing(Store(address, pool_size=PAGES_CONNECTIONS, timeout_s=_DATABASE_S)) as store:
        yield Pages(store=store, codes=load_codes(settings.config_dir), access=access, environment=settings.env)


def _keys(settings: Settings) -> SigningKeys:
    primary, secondary = settings.box_webhook_primary_key, settings.box_webhook_secondary_key
    return SigningKeys(
        primary.get_secret_value() if primary is not None else None,
        secondary.get_secret_value() if secondary is not None else None,
    )


def _database(settings: Settings) -> PostgresDatabase:
    if (url := get_current_settings().api.url) is not None:
        if answers(url):
            return load_block(PostgresDatabase, settings.block_name)
        _log.warning("the Prefect server at %s does not answer; the database is the one of the settings", url)
    return block_from(settings, PostgresDatabase)


def _own_user_id(settings: Settings) -> str:
    with closing(load_block(BoxJwt, settings.block_name).get_client(NoGovernor())) as box:
        return box.user_id()


def _note(store: Store, event_ids: Sequence[str], run_id: str) -> None:
    with store.transaction() as session:
        mark_started(session, event_ids, run_id)
