"""Filters that let every record pass, and change what it says. Each hangs on handlers, so that it meets all loggers."""

import logging
import traceback
from types import TracebackType

from clients.logs.context import About, current
from domain.masking import mask

_EXCEPTION = logging.Formatter()


class NoSecrets(logging.Filter):
    """Strikes every secret out of a record: its message, its traceback and its stack."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let the record pass, without secrets."""
        said = _message(record)
        if (masked := mask(said)) != said:
            record.msg, record.args = masked, None
        if record.exc_info and record.exc_info[1] is not None:
            # Formatters take exc_text where it is there, and make it of exc_info where it is not.
            record.exc_text = mask(record.exc_text or _EXCEPTION.formatException(record.exc_info))
            record.exc_info = _masked(*record.exc_info)  # for those that look at the exception itself
        if record.stack_info:
            record.stack_info = mask(record.stack_info)
        return True


class Subject(logging.Filter):
    """Says on every record which campaign and asset it is about, as `campaign` and `tracking_id`, empty for none.

    As Prefect keeps only the text, what the message does not name stands at its end too, however many handlers there
    are; `said` is the message without that.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        """Let the record pass, with what it is about."""
        if hasattr(record, "said"):
            return True
        now = current()
        record.said = said = _message(record)
        record.campaign, record.tracking_id = now
        if missing := _unnamed(now, said):
            record.msg, record.args = f"{said} [{missing}]", None
        return True


def _message(record: logging.LogRecord) -> str:
    try:
        return record.getMessage()
    except Exception:  # a call with wrong arguments: logging itself tells of it, when the handler formats the record
        return str(record.msg)


def _unnamed(now: About, said: str) -> str:
    facts = {"campaign": now.campaign, "tracking id": now.tracking_id}
    return ", ".join(f"{name} {value}" for name, value in facts.items() if value and value not in said)


def _masked(
    kind: type[BaseException], error: BaseException, trace: TracebackType | None
) -> tuple[type[BaseException], BaseException, TracebackType | None]:
    """Return an exception without secrets: another one, where it holds any."""
    said = str(error)
    if mask(said) == said:
        return kind, error, trace
    shown = Exception(f"{kind.__name__}: {mask(said)}")
    return type(shown), shown, trace


def masked_traceback(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> str:
    """Return a traceback as Python prints it, without secrets."""
    return mask("".join(traceback.format_exception(kind, error, trace)))
