"""`content-scaling sandbox`: the simulated DAM, Box, mail and webhook receiver, until stopped."""

import errno
import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer


def sandbox(
    env_file: Annotated[
        Path | None, typer.Option(help="Write settings that point the project at the sandbox to this file.")
    ] = None,
    seed: Annotated[
        Path | None,
        typer.Option(help="Campaigns to load, JSON; the built-in ones when left out.", exists=True, dir_okay=False),
    ] = None,
    folder: Annotated[Path, typer.Option(help="Where certificates, keys and mails are kept.")] = Path(".data/sandbox"),
    switch: Annotated[
        list[str] | None, typer.Option(help="Change how a simulator behaves, such as otmm.range_supported=true.")
    ] = None,
    *,
    any_port: Annotated[bool, typer.Option(help="Take free ports instead of the usual ones.")] = False,
) -> None:
    """Run simulated outside systems on this machine until Ctrl-C.

    Each is a server of its own on a loopback port, and takes faults on demand: see sandbox/README.md.
    """
    from sandbox.options import DEMO_PORTS, Ports
    from sandbox.run import run_sandbox

    ports = Ports() if any_port else DEMO_PORTS
    try:
        with _alone_in(folder):
            run_sandbox(folder, env_file=env_file, seed=seed, ports=ports, switch=switch or ())
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise typer.BadParameter(str(error)) from None
        raise typer.BadParameter(f"{error}; is a sandbox running already? --any-port takes free ones") from None


@contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    """Keep a second sandbox out of the folder: on its start it would remove the contents of the first."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            text = f"a sandbox is running in {folder} already; take another --folder, and --any-port"
            raise typer.BadParameter(text) from None
        yield
