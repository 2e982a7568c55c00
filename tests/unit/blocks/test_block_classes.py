import re
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
from prefect.blocks.abstract import CredentialsBlock, NotificationBlock
from pydantic import SecretStr

from blocks import collection
from blocks.box import BoxJwt
from blocks.dam import DamCertificate
from clients.box.governor import NoGovernor
from domain.errors import ConfigError
from domain.roles import DamRoles

Ours = type[CredentialsBlock] | type[NotificationBlock]
CLASSES: list[Ours] = [
    found
    for name in collection.__all__
    if isinstance(found := getattr(collection, name), type) and issubclass(found, CredentialsBlock | NotificationBlock)
]
FIELDS = [(block, name) for block in CLASSES for name in block.model_fields if not name.startswith("_")]
SECRET = re.compile(r"(secret|password|token|key)$")
ADDRESSES = {
    (collection.PostgresDatabase, "url"),
    (collection.AlarmWebhook, "url"),
    (collection.OutgoingWebhooks, "campaign_status_url"),
    (collection.OutgoingWebhooks, "asset_upload_url"),
}
"""Addresses that may hold a secret."""


def test_prefect_is_told_where_the_blocks_are():
    project = tomllib.loads((Path(__file__).parents[3] / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["entry-points"]["prefect.collections"] == {"content_scaling": collection.__name__}


@pytest.mark.parametrize("block", CLASSES, ids=lambda block: block.__name__)
def test_a_block_says_in_prefect_what_it_is(block: Ours):
    assert block.get_block_type_slug() == block._block_type_slug
    assert block.get_block_type_name() == block._block_type_name
    assert block.get_description()
    assert ("notify" if issubclass(block, NotificationBlock) else "get_client") in vars(block)


@pytest.mark.parametrize(("block", "name"), FIELDS, ids=[f"{block.__name__}.{name}" for block, name in FIELDS])
def test_a_field_has_a_title_and_a_description(block: Ours, name: str):
    field = block.model_fields[name]
    assert field.title
    assert field.description


@pytest.mark.parametrize(("block", "name"), FIELDS, ids=[f"{block.__name__}.{name}" for block, name in FIELDS])
def test_a_field_that_holds_a_secret_is_one(block: Ours, name: str):
    holds_one = SECRET.search(name) is not None or (block, name) in ADDRESSES
    assert ("SecretStr" in str(block.model_fields[name].annotation)) == holds_one


def test_the_package_gives_a_block_for_every_system():
    assert len(CLASSES) == 10


def test_box_settings_that_are_not_on_this_machine_are_told(tmp_path: Path):
    path = tmp_path / "app.json"
    with pytest.raises(ConfigError, match=rf"BOX_JWT_CONFIG_PATH: {path} cannot be read here \(No such file"):
        BoxJwt(config_path=path).get_client(NoGovernor())


def test_box_settings_that_others_can_read_are_refused(private: Callable[..., Path]):
    path = private("app.json", "{}", mode=0o644)
    with pytest.raises(ConfigError, match=f"BOX_JWT_CONFIG_PATH: others can read {path}; run: chmod 600 {path}"):
        BoxJwt(config_path=path).get_client(NoGovernor())


def test_box_settings_that_are_not_text_are_told(private: Callable[..., Path]):
    path = private("app.json")
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigError, match=r"is not UTF-8 text"):
        BoxJwt(config_path=path).get_client(NoGovernor())


def test_a_certificate_that_is_not_on_this_machine_is_told(tmp_path: Path, roles: DamRoles):
    path = tmp_path / "client.pfx"
    block = DamCertificate(
        base_url="https://dam.example.com", certificate_path=path, certificate_password=SecretStr("x")
    )
    with pytest.raises(ConfigError, match=f"DAM_MTLS_CERT_PATH: {path} cannot be read"):
        block.get_client(roles)
