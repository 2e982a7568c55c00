"""`content-scaling up`: Prefect server, worker and receiver in one terminal."""

import threading
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Annotated

import typer

from entrypoints.cli.options import EnvFile, ProxyAddress
from entrypoints.console import open_console


def up(
    host: Annotated[str, typer.Option(help="Address that the receiver listens on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port that the receiver listens on.", min=1, max=65535)] = 8440,
    proxy: ProxyAddress = "127.0.0.1",
    env_file: EnvFile = None,
) -> None:
    """Run a small installation in this terminal until Ctrl-C: Prefect server, worker and receiver, after a set-up.

    What ends by itself is started again. The Prefect server listens at PREFECT_API_URL, http://127.0.0.1:4200/api where
    that is not set, and to this machine only; where one answers there already, that one is used. Logs and its files are
    in DATA_DIR/up. Runs under way when it is stopped are cancelled, and the next ones go on where they were.
    """
    console = open_console()

    def say(line: str) -> None:
        with suppress(OSError):  # the terminal may be gone; what is left is to be stopped all the same
            console.print(line, markup=False, highlight=False)

    def show(name: str, line: str) -> None:
        with suppress(OSError):
            console.print(f"{name:<8} | {line}", markup=False, highlight=False, soft_wrap=True, style="dim")

    console.print("Reading settings", style="dim")
    from blocks.settings import WORKFLOWS, load_settings

    settings = load_settings("box", "mail", "llamacloud", *WORKFLOWS)
    from prefect.settings import PREFECT_API_URL, get_current_settings, temporary_settings  # after faults of theirs

    from deployments.dam_sign_ins import require_dam
    from deployments.setup import set_up
    from deployments.sole import sole_use
    from deployments.stopped_runs import mark_stopped
    from deployments.whole import Whole
    from entrypoints.web.serving import page_access, why_no_webhooks

    require_dam(settings, Path.cwd())
    folder = (settings.data_dir / "up").absolute()
    whole = Whole(folder, get_current_settings().api.url, say=say, show=show)
    with ExitStack() as running, suppress(KeyboardInterrupt):
        if left := running.enter_context(sole_use(folder)):
            say(f"Stopped what a killed run of this command had left running: {left} processes")
        say("Starting the Prefect server")
        running.enter_context(whole.server())
        running.enter_context(temporary_settings({PREFECT_API_URL: whole.api_url}))
        say("Setting up")
        set_up(settings, Path.cwd(), say=lambda line: say(f"  {line}"), environment=whole.environment)
        worker = running.enter_context(whole.worker())
        say(f"Prefect pages: {whole.ui_url}")
        if (reason := why_no_webhooks(settings)) is not None:
            say(f"No webhooks: {reason}. Files come home by the schedule, every five minutes")
        if reason is None or not page_access(settings, host=host, proxy=proxy).shows_nothing:
            running.enter_context(whole.receiver(host, port, proxy))
        say(f"Running; the logs are in {folder}. Ctrl-C stops all of it")
        try:
            threading.Event().wait()
        finally:
            say("Stopping")
            pids = {process.pid for process in worker.descendants()}
            worker.stop()
            for name in mark_stopped(pids):
                say(f"Stopped in the middle, and taken up again by the next run: {name}")
