"""`content-scaling serve`: the receiver of Box's webhooks and the status pages, until stopped."""

import logging
import signal
from contextlib import closing, suppress
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
    GET /healthz says whether the database can be reached. Needs PREFECT_API_URL: the address of your Prefect server.
    The status pages are at /, for who has PAGES_TOKEN or is named in PAGES_USER_HEADER; else for this machine only.
    """
    console = open_console()
    from blocks.watching import watch_run
    from entrypoints.prefect_api import require_server
    from entrypoints.web.app import WEBHOOK_PATH, create_app
    from entrypoints.web.server import listen, web_server
    from entrypoints.web.serving import open_pages, open_receiver, page_access, receiver_settings

    settings = receiver_settings()
    require_server()
    _log_to_terminal()
    watch_run(settings)
    access = page_access(settings, host=host, proxy=proxy)
    with (
        closing(listen(host, port)) as listener,
        open_receiver(settings) as receiver,
        open_pages(settings, access) as pages,
    ):
        server = web_server(create_app(receiver, pages), proxy=proxy)
        name = f"[{host}]" if ":" in host else host
        address = f"http://{name}:{listener.getsockname()[1]}"
        console.print(f"Receiving at {address}{WEBHOOK_PATH}; Ctrl-C stops", markup=False, highlight=False)
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
