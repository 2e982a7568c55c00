"""Which Prefect server a command talks to: the one of PREFECT_API_URL, else a private one for as long as it runs."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import httpx
from prefect.client.orchestration import get_client
from prefect.logging.handlers import APILogHandler
from prefect.settings import (
    PREFECT_API_URL,
    PREFECT_CLIENT_MAX_RETRIES,
    PREFECT_SERVER_ALLOW_EPHEMERAL_MODE,
    PREFECT_UI_URL,
    get_current_settings,
    temporary_settings,
)

from blocks.bootstrap import save_blocks
from blocks.database import PostgresDatabase
from blocks.settings import Settings
from db.migrate import upgrade
from deployments.local_server import free_port, local_server, prefect_environment
from domain.errors import ConfigError

_PATIENCE_S = 30


def require_server() -> str:
    """Return the address of the Prefect API; raise ConfigError when none is set, or it does not answer or let us in."""
    url = get_current_settings().api.url
    if url is None:
        raise ConfigError(["PREFECT_API_URL: not set; it is the address of your Prefect server, ending in /api"])
    try:
        _ask_version()
    except httpx.HTTPStatusError as error:
        refused = error.response.status_code in (401, 403)
        raise ConfigError([_refusal(url, error) if refused else _silence(url, error)]) from None
    except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:  # OSError: of a file of authorities
        raise ConfigError([_silence(url, error)]) from None
    return url


def _ask_version() -> None:
    """Ask by Prefect's own client, which has its TLS settings and sign-in, for something that needs a sign-in."""
    quick = temporary_settings({PREFECT_CLIENT_MAX_RETRIES: 0})
    with quick, get_client(sync_client=True, httpx_settings={"timeout": _PATIENCE_S}) as client:
        client.api_version()


def _silence(url: str, error: Exception) -> str:
    return f"PREFECT_API_URL: {url} does not answer ({type(error).__name__}); correct it, or start the server there"


def _refusal(url: str, error: httpx.HTTPStatusError) -> str:
    is_set, code = bool(get_current_settings().api.auth_string), error.response.status_code
    what = f"{url} refuses it ({code})" if is_set else f"not set, and {url} asks for a sign-in ({code})"
    return f"PREFECT_API_AUTH_STRING: {what}; it has to be what the server has as PREFECT_SERVER_API_AUTH_STRING"


@contextmanager
def prefect_server(settings: Settings, say: Callable[[str], None]) -> Iterator[None]:
    """Give a Prefect server to run flows on.

    Without PREFECT_API_URL a private one is started in the data folder, with schema and blocks made ready.
    """
    if get_current_settings().api.url is not None:
        require_server()
        yield
        return
    # The database first: it says at once where it cannot be reached, the server takes seconds to start.
    database = PostgresDatabase(url=settings.database_url, data_dir=settings.data_dir.absolute())
    upgrade(database.address())
    port = free_port()
    home = (settings.data_dir / "prefect").absolute()
    variables = prefect_environment(home, port)
    say(f"PREFECT_API_URL is not set: starting a private Prefect server in {home}")
    with local_server(home, port, variables):
        updates = {
            PREFECT_API_URL: variables["PREFECT_API_URL"],
            PREFECT_UI_URL: variables["PREFECT_UI_URL"],
            PREFECT_SERVER_ALLOW_EPHEMERAL_MODE: False,
        }
        with temporary_settings(updates):
            save_blocks(settings, exact=True)  # nobody edits these by hand
            try:
                yield
            finally:
                APILogHandler().flush()  # what is still queued would be lost with the server
