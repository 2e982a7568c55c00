from collections.abc import Iterator
from pathlib import Path

import pytest
from prefect.blocks.core import Block
from prefect.client.orchestration import SyncPrefectClient, get_client

from blocks import collection
from blocks.bootstrap import blocks_from, differing_blocks, left_blocks, save_blocks
from blocks.box import BoxJwt
from blocks.dam import DamAuth, DamCertificate, DamOAuth2
from blocks.mail import MailgunAccount, SmtpServer
from blocks.services import DELIVERY, Services, open_services
from blocks.settings import load_settings
from blocks.webhooks import OutgoingWebhooks
from deployments.setup import plan_blocks
from domain.errors import ConfigError
from tests.acceptance.world import World

BLOCKS = [
    found
    for name in collection.__all__
    if isinstance(found := getattr(collection, name), type) and issubclass(found, Block)
]


@pytest.fixture
def client(prefect: dict[str, str]) -> Iterator[SyncPrefectClient]:
    """A client of a Prefect server that knows every type of block."""
    for block in BLOCKS:
        block.register_type_and_schema()
    with get_client(sync_client=True) as client:
        yield client


LEFT_OUT = (
    "DATABASE_URL",
    "DAM_BASE_URL",
    "DAM_MTLS_BASE_URL",
    "DAM_MTLS_AUTH_URL",
    "BOX_JWT_CONFIG_PATH",
    "SMTP_HOST",
    "WEBHOOK_CAMPAIGN_STATUS_URL",
    "WEBHOOK_ASSET_UPLOAD_URL",
    "WEBHOOK_TOKEN",
    "LLAMA_CLOUD_API_KEY",
)
"""Settings without which no system is described."""


def saved(client: SyncPrefectClient, name: str) -> dict[str, dict[str, object]]:
    """What is saved in Prefect under a name: the values of each block, by its type."""
    found: dict[str, dict[str, object]] = {}
    for block in BLOCKS:
        documents = client.read_block_documents_by_type(block.get_block_type_slug(), include_secrets=True)
        found |= {str(block._block_type_slug): document.data for document in documents if document.name == name}
    return found


@pytest.mark.parametrize("dam_auth", DamAuth)
def test_a_block_that_was_saved_gives_a_client_that_signs_in(here: World, dam_auth: DamAuth):
    with open_services(*DELIVERY, dam_auth=dam_auth) as services:
        services.dam.probe()
        assert services.box.probe() == "service@example.com"
        assert services.mail[1] == "content-scaling@example.com"
        assert services.hooks.hooks[0].url == here.twin.servers["hooks"].url + "/hooks/campaign_status_update"
        with services.store.transaction() as session:
            session.connection()


def test_an_environment_that_lacks_a_system_leaves_its_block_as_it_was(
    here: World, client: SyncPrefectClient, monkeypatch: pytest.MonkeyPatch
):
    settings = load_settings()
    before = saved(client, settings.block_name)
    monkeypatch.setenv("ENV_FILE", str(without(Path(here.environment["ENV_FILE"]), *LEFT_OUT)))
    changed = save_blocks(load_settings())
    assert changed == []
    assert saved(client, settings.block_name) == before


@pytest.mark.usefixtures("own_blocks")
def test_what_was_taken_out_of_the_settings_and_is_used_all_the_same_is_told(
    here: World, monkeypatch: pytest.MonkeyPatch
):
    settings = load_settings()
    name = settings.block_name
    OutgoingWebhooks().save(name, overwrite=True)  # as it is saved where there are none
    MailgunAccount(base_url=here.twin.servers["mail"].url, api_key="k", sender="mg@example.com").save(name)
    assert left_blocks(settings) == [f"mailgun-account/{name}"]

    save_blocks(settings)
    hooks = ("WEBHOOK_CAMPAIGN_STATUS_URL", "WEBHOOK_ASSET_UPLOAD_URL", "WEBHOOK_TOKEN")
    monkeypatch.setenv("ENV_FILE", str(without(Path(here.environment["ENV_FILE"]), *hooks)))
    silent = load_settings()
    assert left_blocks(silent) == [f"mailgun-account/{name}", f"outgoing-webhooks/{name}"]
    said = {item.name: str(item) for item in plan_blocks(silent)}
    for slug in left_blocks(silent):
        assert said[f"block: {slug}"].endswith(
            f"not in the settings, and used; to end that: prefect block delete {slug}, then content-scaling setup"
        )
    MailgunAccount.delete(name)
    OutgoingWebhooks.delete(name)
    assert left_blocks(silent) == []


@pytest.mark.usefixtures("own_blocks")
@pytest.mark.sweep
def test_saving_exactly_leaves_no_block_of_a_system_that_is_not_described(
    here: World, client: SyncPrefectClient, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("ENV_FILE", str(without(Path(here.environment["ENV_FILE"]), *LEFT_OUT)))
    settings = load_settings()
    save_blocks(settings, exact=True)
    after = saved(client, settings.block_name)
    assert set(after) == {"tracking-database", "outgoing-webhooks"}
    assert after["tracking-database"]["url"] is None
    assert after["outgoing-webhooks"]["campaign_status_url"] is None


@pytest.mark.usefixtures("own_blocks")
def test_saving_again_changes_a_value_and_makes_no_second_block(
    here: World, client: SyncPrefectClient, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("DAM_CLIENT_SECRET", "another")
    settings = load_settings()
    before = saved(client, settings.block_name)
    name = settings.block_name
    assert differing_blocks(settings) == [f"dam-oauth2/{name}", f"dam-certificate/{name}"]
    save_blocks(settings)
    assert differing_blocks(settings) == []
    after = saved(client, settings.block_name)
    assert after == before | {
        "dam-oauth2": before["dam-oauth2"] | {"client_secret": "another"},
        "dam-certificate": before["dam-certificate"] | {"client_secret": "another"},
    }


def test_files_are_saved_by_their_whole_path(here: World, monkeypatch: pytest.MonkeyPatch):
    folder = here.twin.certificates.ca_pem.parent
    monkeypatch.chdir(folder)
    monkeypatch.setenv("DAM_CA_BUNDLE", "ca.pem")
    monkeypatch.setenv("SMTP_CA_BUNDLE", "ca.pem")
    by_type = {type(block): block for block in blocks_from(load_settings())}
    for found in (by_type[DamOAuth2], by_type[DamCertificate], by_type[SmtpServer]):
        assert found.model_dump()["ca_bundle"] == folder / "ca.pem"


@pytest.mark.usefixtures("own_blocks")
def test_mail_goes_by_mailgun_where_its_block_is_saved(services: Services, here: World):
    MailgunAccount(base_url=here.twin.servers["mail"].url, api_key="k", sender="mg@example.com").save(
        services.settings.block_name
    )
    assert services.mail[1] == "mg@example.com"


def test_the_faults_of_all_missing_blocks_are_told_at_once(here: World, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("BLOCKS_NAME", "nowhere")
    with pytest.raises(ConfigError) as caught, open_services(*DELIVERY):
        pass
    assert "box-jwt/nowhere" in differing_blocks(load_settings())
    slugs = ("tracking-database", "dam-oauth2", "box-jwt", "smtp-server", "outgoing-webhooks")
    assert list(caught.value.faults) == [
        f"Prefect block {slug}/nowhere: not there; fill .env and run: content-scaling setup" for slug in slugs
    ]


@pytest.mark.usefixtures("own_blocks")
def test_a_block_whose_file_is_gone_is_told_with_the_others(here: World, monkeypatch: pytest.MonkeyPatch):
    settings = load_settings()
    BoxJwt(config_path=Path("gone.json")).save(settings.block_name, overwrite=True)
    monkeypatch.setenv("CONFIG_DIR", "nowhere")
    with pytest.raises(ConfigError) as caught, open_services(*DELIVERY):
        pass
    assert [fault.partition(":")[0] for fault in caught.value.faults] == [
        "nowhere/dam.yaml",
        "nowhere/recipients.yaml",
        "BOX_JWT_CONFIG_PATH",
        "nowhere/webhooks.yaml",
    ]


def test_every_type_of_block_can_be_registered(client: SyncPrefectClient):
    for block in BLOCKS:
        registered = client.read_block_type_by_slug(block.get_block_type_slug())
        assert (registered.name, registered.description) == (block._block_type_name, block._description)


def without(env_file: Path, *names: str) -> Path:
    """Return a copy of the file that says nothing of these settings."""
    lines = [line for line in env_file.read_text().splitlines() if line.partition("=")[0] not in names]
    copy = env_file.with_suffix(".less")
    copy.write_text("\n".join(lines))
    copy.chmod(0o600)
    return copy
