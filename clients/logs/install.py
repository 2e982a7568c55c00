"""Puts the filters on every log handler there is, and lets no traceback of a crash show a secret."""

import logging
import sys
import threading
from collections.abc import Iterator
from types import TracebackType
from typing import Literal

from clients.logs.filters import NoSecrets, Subject, masked_traceback
from clients.logs.json_lines import JsonLines

LogFormat = Literal["text", "json"]
_FILTERS = (NoSecrets(), Subject())


def watch_handlers(log_format: LogFormat = "text") -> None:
    """Filter what all handlers write. To be called again after others have added handlers; then it adds the rest.

    `json` also has those that write to the terminal write JSON lines; `text` leaves their format as it is.
    """
    for handler in _handlers():
        for each in _FILTERS:
            handler.addFilter(each)  # once, however often it is called
        if log_format == "json" and _writes_to_terminal(handler):
            handler.setFormatter(JsonLines())
    # Where somebody else has put theirs, such as a debugger, they are left.
    if sys.excepthook is sys.__excepthook__:
        sys.excepthook = _print_masked
    if threading.excepthook is threading.__excepthook__:
        threading.excepthook = _print_of_thread


def _handlers() -> Iterator[logging.Handler]:
    if logging.lastResort is not None:
        yield logging.lastResort
    named = (each for each in logging.root.manager.loggerDict.values() if isinstance(each, logging.Logger))
    for logger in (logging.root, *list(named)):
        yield from logger.handlers


def _writes_to_terminal(handler: logging.Handler) -> bool:
    return isinstance(handler, logging.StreamHandler) and not isinstance(handler, logging.FileHandler)


def _print_masked(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    sys.stderr.write(masked_traceback(kind, error, trace))


def _print_of_thread(crash: threading.ExceptHookArgs) -> None:
    if crash.exc_value is not None and crash.exc_type is not SystemExit:
        name = crash.thread.name if crash.thread is not None else "?"
        sys.stderr.write(f"Exception in thread {name}:\n")
        _print_masked(crash.exc_type, crash.exc_value, crash.exc_traceback)
