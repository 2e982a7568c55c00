"""Messages of the outbox on the terminal."""

import json
from collections.abc import Callable, Iterator, Sequence

import typer
from rich.console import Console
from rich.text import Text

from db.models import OutboxMessage
from domain.filenames.faults import visible
from domain.report import counted
from domain.waiting import moment
from entrypoints.message_view import Picked
from entrypoints.plain_table import table

Receiver = Callable[[OutboxMessage], str]

_HEADINGS = ("number", "what", "to", "campaign", "state", "since", "tries", "last error")


def show_messages(
    messages: Sequence[OutboxMessage], receiver: Receiver, console: Console, *, parked_only: bool
) -> None:
    """Print one line for each message that is not out."""
    if not messages:
        console.print("no message is parked" if parked_only else "no message waits, and none is parked")
        return
    console.print(table(_HEADINGS, [_cells(row, receiver(row)) for row in messages]))
    if any(row.state == "parked" for row in messages):
        console.print("once the reason is mended: content-scaling messages send --all-parked", style="yellow")
        console.print("what is too old to be of use: content-scaling messages drop NUMBER", style="yellow")


def show_message(row: OutboxMessage, to: str, console: Console) -> None:
    """Print all that is known of a message, last what it says, as JSON."""
    console.print(Text(f"{row.id} {row.template}, {row.channel}", "bold"), soft_wrap=True)
    console.print(Text(stands(row), "yellow" if row.state == "parked" else ""), soft_wrap=True)
    for label, value in _facts(row, to):
        console.print(Text(f"{label:<12}{value}"), soft_wrap=True)
    console.print(Text(json.dumps(row.payload, indent=2, ensure_ascii=False)), soft_wrap=True)


def show_unknown(number: int, console: Console) -> None:
    """Say that a number is of no message."""
    console.print(f"there is no message {number}", style="yellow", highlight=False)


def show_requeued(requeued: Picked, receiver: Receiver, console: Console) -> None:
    """Say which messages are sent again and when, and why the others are not."""
    for row in requeued.parked:
        console.print(Text(f"{row.id} {row.template} to {receiver(row)}: due again"), soft_wrap=True)
    show_others(requeued, console)
    if requeued.parked:
        them = "it" if len(requeued.parked) == 1 else "them"
        console.print(f"the next run of deliver-messages sends {them}, at most five minutes from now", style="green")
    elif not (requeued.others or requeued.unknown):
        console.print("no message is parked", style="yellow")


def show_others(picked: Picked, console: Console) -> None:
    """Say why nothing is done with those of the messages that are not parked."""
    for row in picked.others:
        console.print(Text(f"{row.id} {row.template}: not parked, so nothing is done; {stands(row)}", "yellow"))
    for number in picked.unknown:
        show_unknown(number, console)


def ask_to_drop(parked: Sequence[OutboxMessage], receiver: Receiver, console: Console) -> bool:
    """Show messages that were given up, and ask whether they may go."""
    for row in parked:
        console.print(Text(f"{row.id} {row.template} to {receiver(row)}: {stands(row)}"), soft_wrap=True)
    them = "it" if len(parked) == 1 else "them"
    return typer.confirm(f"Drop {counted(len(parked), 'message')}? Nobody gets {them}, now or later.")


def show_dropped(dropped: Picked, console: Console) -> None:
    """Say which messages are dropped; whoever waits for their news is to be told by a person."""
    for row in dropped.parked:
        console.print(Text(f"{row.id} {row.template}: dropped", "green"), soft_wrap=True)
    show_others(dropped, console)


def stands(row: OutboxMessage) -> str:
    """Return where a message is, in words."""
    tries = f"after {counted(row.attempts, 'attempt')}"
    if row.state == "sent":
        return f"sent {moment(row.sent_at)}" if row.sent_at is not None else "sent"
    if row.state == "dropped":
        return f"dropped {moment(row.dropped_at)}" if row.dropped_at is not None else "dropped"
    if row.state == "parked":
        return f"parked {moment(row.parked_at)}, {tries}" if row.parked_at is not None else f"parked, {tries}"
    if row.next_attempt_at is None:
        return "it waits for the next run of deliver-messages"
    return f"it waits, and is tried again by itself from {moment(row.next_attempt_at)}, {tries}"


def _cells(row: OutboxMessage, to: str) -> Sequence[str]:
    state, since = ("parked" if row.state == "parked" else "waits"), moment(row.created_at)
    return str(row.id), row.template, to, row.campaign_number or "", state, since, str(row.attempts), _reason(row)


def _facts(row: OutboxMessage, to: str) -> Iterator[tuple[str, str]]:
    yield "to", to
    if row.campaign_number is not None:
        yield "campaign", row.campaign_number
    yield "since", moment(row.created_at)
    if row.last_error is not None:
        yield "last error", _reason(row)
    yield "key", visible(row.key)


def _reason(row: OutboxMessage) -> str:
    return visible(" ".join((row.last_error or "").split()))
