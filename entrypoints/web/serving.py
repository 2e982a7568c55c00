"""Puts the receiver together from the settings and the Prefect blocks that runs use."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from functools import partial

from blocks.box import BoxJwt
from blocks.config_files import load_codes
from blocks.database import PostgresDatabase
from blocks.saved import load_block
from blocks.settings import Settings, load_settings, missing
from clients.box.governor import NoGovernor
from db.engine import Store
from db.migrate import require_head
from db.repositories.inbox import mark_started
from domain.box_webhooks import SigningKeys
from domain.errors import ConfigError
from entrypoints.web.access import Access, is_loopback
from entrypoints.web.app import Receiver
from entrypoints.web.pages import CONNECTIONS as PAGES_CONNECTIONS
from entrypoints.web.pages import Pages
from entrypoints.web.runs import require_deployment, start_run
from entrypoints.web.starter import BurstStarter

_CONNECTIONS = 8
_DATABASE_S = 3.0


def receiver_settings() -> Settings:
    """Return the settings. Raises ConfigError for what the receiver cannot do without, a webhook key above all."""
    settings = load_settings()
    faults = missing(settings, "box")
    if settings.box_folder_derivatives is None:
        faults.append("BOX_FOLDER_DERIVATIVES: not set; serve needs it")
    if not _keys(settings).by_header():
        advice = "copy them from the app's webhook page in Box's developer console"
        faults.append(f"BOX_WEBHOOK_PRIMARY_KEY, BOX_WEBHOOK_SECONDARY_KEY: neither is set; {advice}")
    if faults:
        raise ConfigError(faults)
    return settings


@contextmanager
def open_receiver(settings: Settings) -> Iterator[Receiver]:
    """Give the receiver, its connections open, and close them afterwards. Needs the Prefect API."""
    address = load_block(PostgresDatabase, settings.block_name).address()
    require_head(address)
    require_deployment()
    own_user_id = _own_user_id(settings)
    with ExitStack() as open_now:
        store = open_now.enter_context(closing(Store(address, pool_size=_CONNECTIONS, timeout_s=_DATABASE_S)))
        starter = open_now.enter_context(closing(BurstStarter(start_run, partial(_note, store))))
        yield Receiver(
            keys=_keys(settings),
            store=store,
            start=starter,
            folder_id=settings.box_folder_derivatives or "",
            own_user_id=own_user_id,
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
def open_pages(settings: Settings, access: Access) -> Iterator[Pages | None]:
    """Give the status pages, or None where nobody may see any."""
    if access.is_off and not access.names_open:
        yield None
        return
    address = load_block(PostgresDatabase, settings.block_name).address()
    with closing(Store(address, pool_size=PAGES_CONNECTIONS, timeout_s=_DATABASE_S)) as store:
        yield Pages(store=store, codes=load_codes(settings.config_dir), access=access, environment=settings.env)


def _keys(settings: Settings) -> SigningKeys:
    primary, secondary = settings.box_webhook_primary_key, settings.box_webhook_secondary_key
    return SigningKeys(
        primary.get_secret_value() if primary is not None else None,
        secondary.get_secret_value() if secondary is not None else None,
    )


def _own_user_id(settings: Settings) -> str:
    with closing(load_block(BoxJwt, settings.block_name).get_client(NoGovernor())) as box:
        return box.user_id()


def _note(store: Store, event_ids: Sequence[str], run_id: str) -> None:
    with store.transaction() as session:
        mark_started(session, event_ids, run_id)
