"""The app's JSON: every fault is told at once, and none of its secrets."""

import json

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from clients.box.app_settings import read_app_settings
from domain.errors import ConfigError


@pytest.fixture(scope="module")
def key():
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def pem(key, passphrase):
    encryption = (
        serialization.BestAvailableEncryption(passphrase.encode()) if passphrase else serialization.NoEncryption()
    )
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, encryption).decode()


def settings(key, *, passphrase="open sesame", given="open sesame", **changes):
    auth = {"publicKeyID": "k1", "privateKey": pem(key, passphrase), "passphrase": given}
    app = {"clientID": "id", "clientSecret": "hush", "appAuth": auth}
    return json.dumps({"boxAppSettings": app, "enterpriseID": 12345, **changes})


def test_settings_as_the_developer_console_gives_them_are_read(key):
    config = read_app_settings(settings(key))
    assert (config.client_id, config.jwt_key_id, config.enterprise_id) == ("id", "k1", "12345")


@pytest.mark.parametrize("given", ["", None])
def test_a_key_without_a_passphrase_is_taken(key, given):
    assert read_app_settings(settings(key, passphrase="", given=given)).client_id == "id"


@pytest.mark.parametrize("given", ["wrong", "", None, "nön-ascii"])
def test_a_passphrase_that_does_not_open_the_key_is_a_fault_of_the_settings(key, given):
    with pytest.raises(ConfigError, match="private key cannot be opened") as caught:
        read_app_settings(settings(key, given=given))
    assert "PRIVATE KEY" not in str(caught.value)
    assert caught.value.__context__ is None


def test_a_passphrase_for_a_key_that_has_none_is_a_fault(key):
    with pytest.raises(ConfigError, match="private key cannot be opened"):
        read_app_settings(settings(key, passphrase="", given="needless"))


def test_everything_that_is_missing_is_named_at_once():
    with pytest.raises(ConfigError) as caught:
        read_app_settings('{"boxAppSettings": {"clientID": "id", "appAuth": "?"}}')
    missing = ("clientSecret", "appAuth.publicKeyID", "appAuth.privateKey", "enterpriseID")
    assert all(name in str(caught.value) for name in missing)
    assert len(caught.value.faults) == len(missing)


@pytest.mark.parametrize("text", ["", "no json", "[]", "null"])
def test_another_file_is_told_to_be_the_wrong_one(text):
    with pytest.raises(ConfigError, match="developer console"):
        read_app_settings(text)
