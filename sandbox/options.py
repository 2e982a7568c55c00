"""How a twin is set up: ports, switches, clock."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from sandbox.box import BoxSettings
from sandbox.hooks import HookSettings
from sandbox.llamacloud import LlamaCloudSettings
from sandbox.mail import MailSettings
from sandbox.otmm import OtmmSettings


@dataclass(frozen=True, slots=True)
class Ports:
    """Where each server listens; 0 takes a free port."""

    otmm: int = 0
    otmm_mtls: int = 0
    box: int = 0
    box_download: int = 0
    smtp: int = 0
    mail: int = 0
    hooks: int = 0
    llamacloud: int = 0


DEMO_PORTS = Ports(
    otmm=8431, otmm_mtls=8432, box=8433, box_download=8434, smtp=8435, mail=8436, hooks=8437, llamacloud=8438
)
"""Ports that stay the same from one start to the next, so that bookmarks and a written `.env` go on working."""


@dataclass(slots=True)
class Settings:
    """The switches of every simulator, which may be changed while the twin runs, and the clock of DAM and Box."""

    otmm: OtmmSettings = field(default_factory=OtmmSettings)
    box: BoxSettings = field(default_factory=BoxSettings)
    mail: MailSettings = field(default_factory=MailSettings)
    hooks: HookSettings = field(default_factory=HookSettings)
    llamacloud: LlamaCloudSettings = field(default_factory=LlamaCloudSettings)
    clock: Callable[[], float] = time.time


SERVICES = ("otmm", "box", "mail", "hooks", "llamacloud")
"""The fields of Settings that hold switches."""
