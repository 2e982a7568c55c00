"""The real `content-scaling`, in a process of its own."""

import atexit
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path

import psutil

from blocks.settings import Settings
from tests.acceptance import forkserver
from tests.acceptance.world import World

CHECKOUT = Path(__file__).parents[2]
COMMAND = Path(sys.executable).parent / "content-scaling"
DEADLINE_S = 180.0


def content_scaling(
    *arguments: str, environment: Mapping[str, str], cwd: Path = CHECKOUT, answers: str = ""
) -> subprocess.CompletedProcess[str]:
    """Run the command to its end, with its output piped; `answers` are typed in.

    Its process is forked from one that has the imports done; `installed` starts a new one, which takes seconds longer.
    """
    with tempfile.TemporaryDirectory(prefix="content-scaling-command-") as folder:
        stdin, stdout, stderr = streams = tuple(Path(folder, name) for name in ("stdin", "stdout", "stderr"))
        stdin.write_text(answers, encoding="utf-8")
        process = forkserver.start(_run, arguments, dict(environment), cwd, streams)
        process.join(DEADLINE_S)
        code = process.exitcode
        process.kill()
        process.join()
        told = [path.read_text(encoding="utf-8") for path in (stdout, stderr)]
    if code is None:
        raise subprocess.TimeoutExpired(arguments, DEADLINE_S, *told)
    return subprocess.CompletedProcess(arguments, code, *told)


def installed(
    *arguments: str, environment: Mapping[str, str], cwd: Path = CHECKOUT
) -> subprocess.CompletedProcess[str]:
    """Run the command as it is installed to its end, with its output piped."""
    return subprocess.run(
        [COMMAND, *arguments],
        env=dict(environment),
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=DEADLINE_S,
        check=False,
    )


def start(
    *arguments: str, environment: Mapping[str, str], cwd: Path = CHECKOUT, output: Path | None = None
) -> "subprocess.Popen[str]":
    """Start the command, with its output piped, or added to a file."""
    with ExitStack() as opened:
        return subprocess.Popen(
            [COMMAND, *arguments],
            env=dict(environment),
            cwd=cwd,
            stdout=subprocess.PIPE if output is None else opened.enter_context(output.open("a", encoding="utf-8")),
            stderr=subprocess.STDOUT,
            text=True,
        )


def _run(arguments: tuple[str, ...], environment: dict[str, str], cwd: Path, streams: tuple[Path, ...]) -> None:
    """Be as a new process that runs the command, but for Prefect's logging, which is set up already."""
    stdin, stdout, stderr = streams
    forkserver.redirect(stdout, stderr)
    sys.stdin = stdin.open(encoding="utf-8")
    os.chdir(cwd)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = [str(COMMAND), *arguments]
    from entrypoints.cli import main
    from tests.acceptance import preloaded

    preloaded.read_settings()
    try:
        main()
    finally:
        threading._shutdown()  # type: ignore[attr-defined]
        atexit._run_exitfuncs()  # a fork ends without


def of(world: World, **more: str) -> dict[str, str]:
    """The environment of somebody who works in that world, with its Prefect server."""
    return {**os.environ, **world.environment, **more}


def alone(home: Path, **more: str) -> dict[str, str]:
    """The environment of somebody who has no settings and no Prefect server."""
    ours = {name.upper() for name in Settings.model_fields} | {"ENV_FILE", "COLUMNS"}
    kept = {name: value for name, value in os.environ.items() if name not in ours and not name.startswith("PREFECT_")}
    return kept | {"PREFECT_HOME": str(home)} | more


def processes_of(prefect_home: Path) -> list[psutil.Process]:
    """Every process whose Prefect has its home there."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.environ().get("PREFECT_HOME") == str(prefect_home):
                found.append(process)
        except (psutil.AccessDenied, psutil.NoSuchProcess, psutil.ZombieProcess):
            continue
    return found
