"""Prefect's log on the terminal, without tracebacks of errors that say in plain words what to do."""

import logging

from domain.errors import ContentScalingError


def shorten_our_errors() -> None:
    """Leave the tracebacks of our own errors out on the terminal; the run's log in Prefect keeps them.

    To be called after Prefect was imported, which sets its logging up.
    """
    # Prefect hangs the terminal at the root logger, and its API at those of runs, which get a record first.
    for handler in logging.getLogger().handlers:
        handler.addFilter(_without_traceback)


def _without_traceback(record: logging.LogRecord) -> bool:
    if record.exc_info and isinstance(record.exc_info[1], ContentScalingError):
        record.exc_info = record.exc_text = None
    return True
