"""`content-scaling box-webhook`: the webhook at Box that tells `content-scaling serve` of new files."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from entrypoints.cli.options import EnvFile, check_box_id
from entrypoints.console import open_console

if TYPE_CHECKING:
    from blocks.settings import Settings
    from clients.box.client import BoxClient

box_webhook = typer.Typer(help="Manage the webhook at Box that tells of new files.", no_args_is_help=True)


@box_webhook.callback()
def _group() -> None:
    """Manage the webhook at Box that tells of new files."""


@box_webhook.command("create")
def create(
    address: Annotated[
        str,
        typer.Argument(
            metavar="ADDRESS", help="Public address of `serve`, such as https://hooks.example.com/webhooks/box."
        ),
    ],
    folder: Annotated[
        str | None, typer.Option(help="Id of the folder; left out: BOX_FOLDER_DERIVATIVES.", callback=check_box_id)
    ] = None,
    env_file: EnvFile = None,
) -> None:
    """Have Box tell that address of every file placed in the folder or below it. Safe to run again.

    Box wants https on port 443, a certificate of a known authority, and a public IP address.
    """
    with _box() as (box, settings):
        webhook = box.create_webhook(_folder(folder, settings), address)
    text = f"webhook {webhook.webhook_id}: tells {webhook.address} of files placed in folder {webhook.target_id}"
    open_console().print(text, markup=False, highlight=False)


@box_webhook.command("list")
def list_all(env_file: EnvFile = None) -> None:
    """Show the webhooks of this app; Box shows nobody else's.

    Box deletes a webhook itself after two weeks of failed deliveries.
    """
    console = open_console()
    with _box() as (box, _):
        webhooks = box.list_webhooks()
    for webhook in webhooks:
        facts = (webhook.webhook_id, f"folder {webhook.target_id}", webhook.address, ", ".join(webhook.triggers))
        console.print("  ".join(facts), markup=False, highlight=False, soft_wrap=True)
    if not webhooks:
        console.print("no webhook; make one with: content-scaling box-webhook create ADDRESS")


@box_webhook.command("delete")
def delete(
    webhook_id: Annotated[
        str, typer.Argument(metavar="ID", help="Id of the webhook, as `list` shows it.", callback=check_box_id)
    ],
    env_file: EnvFile = None,
) -> None:
    """Delete a webhook; new files then wait for the schedule."""
    with _box() as (box, _):
        box.delete_webhook(webhook_id)
    open_console().print(f"webhook {webhook_id}: deleted")


@contextmanager
def _box() -> Iterator[tuple["BoxClient", "Settings"]]:
    """Give the Box of the settings; Prefect need not run for this."""
    from contextlib import closing

    from blocks.settings import load_settings

    settings = load_settings("box")
    from blocks.bootstrap import block_from  # after the settings: faults of theirs are told at once
    from blocks.box import BoxJwt
    from clients.box.governor import NoGovernor

    with closing(block_from(settings, BoxJwt).get_client(NoGovernor())) as box:
        yield box, settings


def _folder(given: str | None, settings: "Settings") -> str:
    from domain.errors import ConfigError

    folder = given or settings.box_folder_derivatives
    if folder is None:
        raise ConfigError(["BOX_FOLDER_DERIVATIVES: not set; set it, or name a folder with --folder"])
    return folder
