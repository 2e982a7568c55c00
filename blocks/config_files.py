"""The YAML files of `CONFIG_DIR`, checked against their models."""

from collections.abc import Mapping
from pathlib import Path

from clients.mail.recipients import Recipients
from clients.webhook.hooks import Webhooks
from clients.yaml_files import read_model
from domain.codes import CODES_FILE, Codes
from domain.masking import remember_address, remember_named
from domain.roles import DamRoles


def load_roles(config_dir: Path) -> DamRoles:
    """Return `dam.yaml`: which field of the DAM plays which role."""
    return read_model(config_dir / "dam.yaml", DamRoles)


def load_codes(config_dir: Path) -> Codes:
    """Return `codes.yaml`: the codes that file names are made of."""
    return read_model(config_dir / CODES_FILE, Codes)


def load_recipients(config_dir: Path) -> Recipients:
    """Return `recipients.yaml`: who is told what."""
    return read_model(config_dir / "recipients.yaml", Recipients)


def load_hooks(config_dir: Path, addresses: Mapping[str, str]) -> Webhooks:
    """Return `webhooks.yaml`, with `${NAME}` replaced from `addresses`; unknown names become empty (hook off)."""
    webhooks = read_model(config_dir / "webhooks.yaml", Webhooks, addresses)
    for hook in webhooks.hooks:
        remember_address(hook.url)
        for name, value in hook.headers.items():
            remember_named(name, value)
    return webhooks
