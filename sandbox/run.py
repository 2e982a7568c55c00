"""The twin as a program of its own: started, announced, and stopped by a signal."""

import signal
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from sandbox import switches
from sandbox.environment import apart, mailgun_environment, write_env_file
from sandbox.options import SERVICES, Ports, Settings
from sandbox.seeds import CAMPAIGNS
from sandbox.twin import Twin


def run_sandbox(
    folder: Path,
    *,
    env_file: Path | None = None,
    seed: Path | None = None,
    ports: Ports | None = None,
    switch: Iterable[str] = (),
) -> None:
    """Run the twin until SIGINT or SIGTERM, which only the main thread can wait for.

    `env_file` is written where given. `seed` is CAMPAIGNS where not given, `ports` are free ones. `switch` holds
    texts such as `otmm.range_supported=true`. Raises ValueError for a switch that is not there, OSError for a port
    that is taken.
    """
    settings = _settings(switch)
    with _until_a_signal() as stopped, Twin(folder, seed=seed or CAMPAIGNS, ports=ports, settings=settings) as twin:
        values = {**twin.env(), **apart(folder)}
        if env_file is not None:
            write_env_file(env_file, values, also=mailgun_environment(twin))
        print(announcement(twin, env_file), flush=True)
        stopped.wait()


def announcement(twin: Twin, env_file: Path | None) -> str:
    """Return what a person needs to know of a running twin."""
    width = max(map(len, twin.addresses()))
    lines = [f"  {name:{width}}  {address}" for name, address in twin.addresses().items()]
    if env_file is not None:
        lines.append(f"  {'Settings':{width}}  {env_file}")
    return "\n".join(["The sandbox runs; Ctrl-C stops it.", *lines])


def _settings(texts: Iterable[str]) -> Settings:
    settings = Settings()
    for text in texts:
        name, value = switches.parse(text)
        service, _, field = name.partition(".")
        if service not in SERVICES:
            raise ValueError(f"{text!r}: a switch begins with one of {', '.join(SERVICES)} and a dot")
        switches.change(getattr(settings, service), {field: value})
    return settings


@contextmanager
def _until_a_signal() -> Iterator[threading.Event]:
    """Give an event that SIGINT and SIGTERM set; the handlers of before come back at the end."""
    stopped = threading.Event()

    def stop(_number: int, _frame: FrameType | None) -> None:
        stopped.set()

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stopped
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
