"""The files of CONFIG_DIR: well-formed, and with recipients who can be reached."""

from collections.abc import Callable, Iterator
from functools import partial

from blocks.config_files import load_codes, load_hooks, load_recipients, load_roles
from blocks.field_rules import load_field_rules
from blocks.settings import Settings
from clients.mail.recipients import Audience
from domain.errors import ConfigError
from entrypoints.checks.verdict import Found, Verdict, attempt

_SHIPPED = "@example.com"
"""Ending of the addresses that recipients.yaml comes with; no mail ever arrives there (RFC 2606)."""


def check_config_files(settings: Settings) -> Iterator[Verdict]:
    """Yield the verdicts on the files."""
    yield attempt("config files", "CONFIG_DIR", partial(_files, settings))
    yield attempt("recipients", "CONFIG_DIR", partial(_recipients, settings))


def _files(settings: Settings) -> Found:
    folder = settings.config_dir
    loads: tuple[Callable[[], object], ...] = (
        *(partial(load, folder) for load in (load_roles, load_codes, load_field_rules)),
        partial(load_hooks, folder, {}),
    )
    faults: list[str] = []
    for load in loads:
        try:
            load()
        except ConfigError as error:
            faults += error.faults
    return Found("" if faults else f"{folder} is well-formed", faults)


def _recipients(settings: Settings) -> Found:
    recipients = load_recipients(settings.config_dir)
    counts = {audience.value: len(recipients.of(audience)) for audience in Audience}
    shipped = [each for each in Audience if any(address.endswith(_SHIPPED) for address in recipients.of(each))]
    warnings = []
    if shipped and settings.env == "production":
        warnings = [f"recipients.yaml: {', '.join(shipped)} has addresses at {_SHIPPED[1:]}, where nobody reads them"]
    text = ", ".join(f"{name} {count}" for name, count in counts.items())
    return Found(text, warnings=warnings, details=counts)
