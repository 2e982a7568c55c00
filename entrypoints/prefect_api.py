"""Which Prefect server a command talks to: the one of PREFECT_API_URL, else a private one for as long as it runs."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import httpx
from prefect.logging.handlers import APILogHandler
from prefect.settings import (
    PREFECT_API_URL,
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


def require_server() -> str:
    """Return the address of the Prefect API, or raise ConfigError when none is set or it does not answer."""
    url = get_current_settings().api.url
    if url is None:
        raise ConfigError(["PREFECT_API_URL: not set; it is the address of your Prefect server, ending in /api"])
    try:
        httpx.get(f"{url}/health", timeout=30).raise_for_status()
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        advice = "correct it, or start the server there"
        raise ConfigError([f"PREFECT_API_URL: {url} does not answer ({type(error).__name__}); {advice}"]) from None
    return url


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
