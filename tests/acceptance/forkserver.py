"""Processes that are forked from one that has the imports done already."""

import multiprocessing
import os
from collections.abc import Callable
from multiprocessing.context import ForkServerContext, ForkServerProcess
from pathlib import Path
from typing import Any

_CONTEXT: ForkServerContext = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(["tests.acceptance.preloaded"])


def start(work: Callable[..., None], *arguments: Any) -> ForkServerProcess:
    """Start a process that does the work; it has the environment that the first one of all was started in."""
    process = _CONTEXT.Process(target=work, args=arguments)
    process.start()
    return process


def redirect(stdout: Path, stderr: Path) -> None:
    """Let files take what this process prints."""
    for number, path in ((1, stdout), (2, stderr)):
        with path.open("ab") as file:
            os.dup2(file.fileno(), number)
