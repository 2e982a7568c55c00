"""Lets nothing that a run logs, or that Prefect keeps of how it ended, show a secret."""

from types import TracebackType

from prefect import states
from prefect._internal import states as sync_states
from prefect.settings import get_current_settings

from blocks.settings import Settings
from clients.logs import watch_handlers
from domain.masking import mask, remember_values

_format_exception = states.format_exception


def watch_run(settings: Settings) -> None:
    """Filter every log handler there is, and what Prefect writes into the states of runs that fail."""
    server = get_current_settings()
    remember_values((server.api.key, server.api.auth_string, server.server.database.connection_url))
    watch_handlers(settings.log_format)
    # Prefect keeps the text of whatever exception ends a run or a task, and has no hook for it. Our own errors are
    # masked already; this is for those of libraries. The acceptance test about canaries fails where this is in vain.
    for module in (states, sync_states):
        module.format_exception = _masked  # type: ignore[attr-defined]


def _masked(exc: BaseException, tb: TracebackType | None = None) -> str:
    return mask(_format_exception(exc, tb))  # type: ignore[arg-type]
