"""Runs one of PostgreSQL's tools, so that it never outlives what it was started for."""

import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from clients.backup.errors import tool_error
from clients.backup.tools import Server

_PRIVATE = 0o077


def run(
    program: Path, arguments: Sequence[str | Path], server: Server, folder: Path, *, keep_open: Sequence[int] = ()
) -> None:
    """Run a tool to its end; `keep_open` are handles that it holds as well. Raises what tool_error says."""
    with running(program, arguments, server, folder, keep_open=keep_open):
        pass


@contextmanager
def running(
    program: Path, arguments: Sequence[str | Path], server: Server, folder: Path, *, keep_open: Sequence[int] = ()
) -> Iterator[IO[bytes]]:
    """Give what a tool writes while it runs; at the end, wait for it and raise its error.

    When the block raises it is killed; when this process is, its next write fails.
    """
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(  # noqa: S603 - no shell, and the arguments are ours
            [program, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=said,
            env=server.environment(),
            umask=_PRIVATE,
            pass_fds=keep_open,
        )
        assert process.stdout is not None, "it was asked for"  # noqa: S101
        try:
            with process.stdout as output:
                yield output
                output.read()  # so that it is not cut off in its last words
            code = process.wait()
        except BaseException:
            process.kill()
            process.wait()
            raise
        said.seek(0)
        if code != 0:
            raise tool_error(program.name, code, said.read().decode(errors="replace"), folder)
