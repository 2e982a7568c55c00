"""The project's clients for a measured work, with the rate limit and the journal in the database."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from pydantic import SecretStr

from blocks.config_files import load_roles
from blocks.settings import Settings, load_settings
from clients.box.client import BoxClient
from clients.otmm.client import OtmmClient
from clients.otmm.tokens import OtdsTokens
from clients.relay import BufferBudget
from db.engine import Store
from db.governor import Limit, RateGovernor
from db.journal import DatabaseJournal
from domain.roles import DamRoles


@dataclass(frozen=True)
class Clients:
    """What a relay works with, as a run of a workflow has it."""

    store: Store
    dam: OtmmClient
    box: BoxClient
    journal: DatabaseJournal
    budget: BufferBudget
    roles: DamRoles
    folder_id: str


@contextmanager
def open_clients(parts_in_flight: int = 4) -> Iterator[Clients]:
    """Give the clients that the environment describes, and close them afterwards."""
    settings = load_settings("dam-oauth2", "box", "a1-to-a2")
    roles = load_roles(settings.config_dir)
    with ExitStack() as opened:
        store = Store(_revealed(settings.database_url), pool_size=parts_in_flight + 4)
        opened.callback(store.close)
        dam = opened.enter_context(_dam(settings, roles))
        box = _box(settings, store)
        opened.callback(box.close)
        budget = BufferBudget(settings.buffer_budget_mb * 1024 * 1024)
        yield Clients(store, dam, box, DatabaseJournal(store), budget, roles, settings.box_folder_local_masters or "")


def _dam(settings: Settings, roles: DamRoles) -> OtmmClient:
    tokens = OtdsTokens(
        settings.dam_auth_url or "", settings.dam_client_id or "", _revealed(settings.dam_client_secret)
    )
    return OtmmClient(settings.dam_base_url or "", roles, tokens=tokens)


def _box(settings: Settings, store: Store) -> BoxClient:
    assert settings.box_jwt_config_path is not None  # load_settings has seen to it
    governor = RateGovernor(
        store, "box", calls=Limit.of(settings.box_calls_per_second), uploads=Limit.of(settings.box_uploads_per_second)
    )
    config = settings.box_jwt_config_path.read_text(encoding="utf-8")
    return BoxClient(config, api_url=settings.box_api_url, upload_url=settings.box_upload_url, governor=governor)


def _revealed(secret: SecretStr | None) -> str:
    return secret.get_secret_value() if secret is not None else ""
