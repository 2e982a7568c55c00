"""`content-scaling serve`: the receiver of Box's webhooks and the status pages, until stopped."""

import logging
import signal
from contextlib import ExitStack, closing, suppress
from typing import Annotated

import typer

from entrypoints.cli.options import EnvFile, ProxyAddress
from entrypoints.console import open_console


def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on; 0 takes a free one.", min=0, max=65535)] = 8440,
    proxy: ProxyAddress = "127.0.0.1",
    env_file: EnvFile = None,
) -> None:
    """Receive the webhooks of Box until Ctrl-C: each file that is placed there starts a run of a2-to-a3.

    Box sends to https on port 443 only, so put a TLS proxy in front. What is missed is taken up by the schedule.
    Needs the webhook keys of the Box app, and PREFECT_API_URL: the address of your Prefect server. Without the keys it
    takes no webhooks, and shows the status pages alone. GET /healthz says whether the database can be reached.
    The status pages are at /, for who has PAGES_TOKEN or is named in PAGES_USER_HEADER; else for this machine only.
    """
    console = open_console()
    from blocks.watching import watch_run
    from domain.errors import ConfigError
    from entrypoints.web.app import WEBHOOK_PATH, create_app
    from entrypoints.web.server import listen, web_server
    from entrypoints.web.serving import (
        open_pages,
        open_receiver,
        page_access,
        ready_database,
        receiver_settings,
        why_no_webhooks,
    )

    settings = receiver_settings()
    _log_to_terminal()
    watch_run(settings)
    access, no_webhooks = page_access(settings, host=host, proxy=proxy), why_no_webhooks(settings)
    if no_webhooks is not None and access.shows_nothing:
        raise ConfigError([f"no webhooks can be taken: {no_webhooks}", access.about("")])
    with closing(listen(host, port)) as listener, ExitStack() as opened:
        database = ready_database(settings)
        receiver = opened.enter_context(open_receiver(settings, database))
        pages = opened.enter_context(open_pages(settings, access, database))
        store = next(each.store for each in (receiver, pages) if each is not None)
        server = web_server(create_app(store, receiver, pages), proxy=proxy)
        name = f"[{host}]" if ":" in host else host
        address = f"http://{name}:{listener.getsockname()[1]}"
        takes = f"Receiving at {address}{WEBHOOK_PATH}" if receiver is not None else f"No webhooks: {no_webhooks}"
        console.print(f"{takes}; Ctrl-C stops", markup=False, highlight=False)
        console.print(access.about(address), markup=False, highlight=False)
        # uvicorn raises the signal that ended it once more; it has done its work by then.
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        with suppress(KeyboardInterrupt):
            server.run(sockets=[listener])


def _log_to_terminal() -> None:
    """Let the receiver and the server under it tell of every delivery; apart from Prefect's log, wherever that goes."""
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    for name, level in (("entrypoints.web", logging.INFO), ("uvicorn.error", logging.WARNING)):
        logger = logging.getLogger(name)
        logger.addHandler(handler)
        logger.setLevel(level)
        logger.propagate = False
