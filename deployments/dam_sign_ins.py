"""Whether the settings describe the DAM in the way in which the deployments of `prefect.yaml` sign in to it."""

import importlib
import inspect
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from blocks.dam import DamAuth
from blocks.settings import NEEDS, Settings
from domain.errors import ConfigError

_PARAMETER = "dam_auth"


def require_dam(settings: Settings, checkout: Path) -> None:
    """Raise ConfigError where a deployment of `checkout` would sign in in a way that the settings do not describe.

    Set-up would succeed all the same, and each run of that deployment would fail.
    """
    faults = missing_dam(settings, dam_sign_ins(checkout))
    if faults:
        raise ConfigError(faults)


def missing_dam(settings: Settings, sign_ins: Mapping[str, str]) -> list[str]:
    """Return what is missing so that each deployment can sign in; `sign_ins` maps their names to `oauth2` or `mtls`.

    Where the other way is described the deployments are named: they can be given that one instead.
    """
    known = {str(way) for way in DamAuth}
    faults = [
        f"prefect.yaml: {name} has {_PARAMETER}: {way}; there are {', '.join(sorted(known))}"
        for name, way in sign_ins.items()
        if way not in known
    ]
    lacking = {way: _unset(settings, way) for way in sorted(known & set(sign_ins.values()))}
    others = [way for way in sorted(known) if not _unset(settings, way)]
    for way, names in ((way, names) for way, names in lacking.items() if names):
        if others:
            asking = ", ".join(sorted(name for name, chosen in sign_ins.items() if chosen == way))
            instead = f"or give them the parameters {{{_PARAMETER}: {others[0]}}} in prefect.yaml"
            faults.append(f"{', '.join(names)}: not set; {_PARAMETER} is {way} for {asking}. Set them, {instead}")
        else:
            faults += [f"{name}: not set; dam-{way} needs it" for name in names]
    return faults


def dam_sign_ins(checkout: Path) -> dict[str, str]:
    """Return how each deployment of `prefect.yaml` signs in to the DAM, of those that do, by name.

    What cannot be read or imported is left out: applying the file tells of it.
    """
    try:
        deployments = yaml.safe_load((checkout / "prefect.yaml").read_text(encoding="utf-8"))["deployments"]
        asked = {each["name"]: _sign_in(each) for each in deployments}
    except (OSError, ValueError, yaml.YAMLError, KeyError, TypeError, AttributeError):
        return {}
    return {name: way for name, way in asked.items() if way is not None}


def _sign_in(deployment: Mapping[str, Any]) -> str | None:
    """Return the way that a deployment's parameters choose, else its flow's own; None where it needs no DAM."""
    module, _, name = str(deployment.get("entrypoint", "")).rpartition(".")
    try:
        flow = getattr(importlib.import_module(module), name)
    except (ImportError, ValueError, AttributeError):
        return None
    parameter = inspect.signature(flow.fn).parameters.get(_PARAMETER)
    if parameter is None:
        return None
    return str((deployment.get("parameters") or {}).get(_PARAMETER, parameter.default))


def _unset(settings: Settings, way: str) -> list[str]:
    return [name.upper() for name in NEEDS[f"dam-{way}"] if getattr(settings, name) is None]
