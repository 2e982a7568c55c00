"""The last act of the demo: every workflow once more."""

import logging
from collections.abc import Iterator, Sequence
from contextlib import chdir, contextmanager
from importlib import import_module
from pathlib import Path

from prefect.logging.configuration import ensure_logging_setup
from rich.console import Console

from entrypoints.demo import story


def run_here(deployments: Sequence[str], checkout: Path, console: Console) -> None:
    """Run the flows of deployments one after the other, and print what each run says of itself.

    In this process, which has done the imports: they would take most of the time of runs that find nothing to do.
    """
    names = [deployment.partition("/")[0].replace("-", "_") for deployment in deployments]
    with chdir(checkout), _nothing_logged_here():
        states = [getattr(import_module(f"flows.{name}"), name)(return_state=True) for name in names]
    story.finish_runs([state.state_details.flow_run_id for state in states], console)


@contextmanager
def _nothing_logged_here() -> Iterator[None]:
    """Leave what runs log to Prefect's pages, as the worker does.

    Prefect hangs the terminal at the root logger at the first run, and sets its handler's level anew at each.
    """
    ensure_logging_setup()
    handlers = list(logging.getLogger().handlers)
    for handler in handlers:
        handler.addFilter(_nothing)
    try:
        yield
    finally:
        for handler in handlers:
            handler.removeFilter(_nothing)


def _nothing(_: logging.LogRecord) -> bool:
    return False
