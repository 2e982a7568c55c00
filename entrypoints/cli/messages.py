"""`content-scaling messages`: mails and webhooks that are not out, looked at, sent again, or let go."""

from typing import Annotated

import typer

from entrypoints.cli.options import EnvFile
from entrypoints.console import open_console

messages = typer.Typer(
    help="Look at mails and webhooks that are not out, send them again, or let go.", no_args_is_help=True
)

_HIGHEST = 2**63 - 1
_NUMBER = "Number of the message, as messages list shows it."
_Number = Annotated[int, typer.Argument(metavar="NUMBER", help=_NUMBER, min=1, max=_HIGHEST)]
_Numbers = Annotated[
    list[int] | None,
    typer.Argument(metavar="[NUMBER]...", help=_NUMBER, min=1, max=_HIGHEST, show_default=False),
]


@messages.callback()
def _group() -> None:
    """Look at mails and webhooks that are not out, send them again, or let go."""


@messages.command("list")
def list_unsent(
    *,
    parked: Annotated[bool, typer.Option("--parked", help="Only those that were given up.")] = False,
    env_file: EnvFile = None,
) -> None:
    """List the messages that wait to be sent, and those that were given up: parked. Changes nothing."""
    console = open_console()
    from entrypoints.message_table import show_messages
    from entrypoints.message_view import open_outbox

    with open_outbox() as outbox:
        show_messages(outbox.unsent(parked_only=parked), outbox.receiver, console, parked_only=parked)


@messages.command("show")
def show(number: _Number, env_file: EnvFile = None) -> None:
    """Show one message: where it is, and the facts that it tells, as JSON. Changes nothing.

    Ends with 1 when there is none of that number.
    """
    console = open_console()
    from entrypoints.message_table import show_message, show_unknown
    from entrypoints.message_view import open_outbox

    with open_outbox() as outbox:
        message = outbox.message(number)
        if message is not None:
            show_message(message, outbox.receiver(message), console)
            return
    show_unknown(number, console)
    raise typer.Exit(1)


@messages.command("send")
def send(
    numbers: _Numbers = None,
    *,
    all_parked: Annotated[bool, typer.Option("--all-parked", help="Every message that was given up.")] = False,
    env_file: EnvFile = None,
) -> None:
    """Have parked messages sent again, by the next run of deliver-messages: at most five minutes later.

    They are tried as long as new ones. Ends with 1 when one of them is not parked, or none is.
    """
    if bool(numbers) == all_parked:
        raise typer.BadParameter("give the numbers of messages, or --all-parked", param_hint="NUMBER")
    console = open_console()
    from entrypoints.message_table import show_requeued
    from entrypoints.message_view import open_outbox

    with open_outbox() as outbox:
        requeued = outbox.send_again(None if all_parked else numbers)
        show_requeued(requeued, outbox.receiver, console)
    raise typer.Exit(0 if requeued.is_whole else 1)


@messages.command("drop")
def drop(
    numbers: Annotated[list[int], typer.Argument(metavar="NUMBER...", help=_NUMBER, min=1, max=_HIGHEST)],
    *,
    reason: Annotated[str, typer.Option("--reason", help="Why; kept in the history.", show_default=False)] = "",
    env_file: EnvFile = None,
) -> None:
    """Let go of parked messages, after a y: nobody gets them, and what they tell is not told again.

    Ends with 1 when one of them is not parked, or nothing was dropped.
    """
    console = open_console()
    from entrypoints.campaign_desk import operator
    from entrypoints.message_table import ask_to_drop, show_dropped, show_others
    from entrypoints.message_view import open_outbox

    with open_outbox() as outbox:
        picked = outbox.pick(numbers)
        if not picked.parked:
            show_others(picked, console)
            raise typer.Exit(1)
        if not ask_to_drop(picked.parked, outbox.receiver, console):
            console.print("nothing is changed")
            raise typer.Exit(1)
        dropped = outbox.drop(numbers, by=operator(), reason=reason.strip())
        show_dropped(dropped, console)
    raise typer.Exit(0 if dropped.is_whole else 1)
