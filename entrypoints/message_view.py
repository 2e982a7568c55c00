"""What `content-scaling messages` knows: the outbox and whom it tells, from the database alone, without Prefect."""

from collections.abc import Collection, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy.orm import Session

from blocks.bootstrap import block_from
from blocks.config_files import load_recipients
from blocks.database import PostgresDatabase
from blocks.settings import load_settings
from clients.mail.recipients import Audience, Recipients
from db.engine import Store
from db.models import OutboxMessage
from db.repositories.outbox import drop, message, requeue, requeue_all, unsent


@dataclass(frozen=True)
class Picked:
    """Messages picked by their numbers: those that are, or were, parked, those that were not, and unknown numbers."""

    parked: Sequence[OutboxMessage]
    others: Sequence[OutboxMessage] = ()
    unknown: Sequence[int] = ()

    @property
    def is_whole(self) -> bool:
        """Whether there are any, and all of them were parked."""
        return bool(self.parked) and not (self.others or self.unknown)


class Outbox:
    """The messages in the database, and the people of `recipients.yaml`."""

    def __init__(self, store: Store, recipients: Recipients) -> None:
        self._store = store
        self._recipients = recipients

    def unsent(self, *, parked_only: bool) -> list[OutboxMessage]:
        """Return the messages that wait or are parked, oldest first, without their payload."""
        with self._store.transaction() as session:
            return unsent(session, parked_only=parked_only)

    def message(self, number: int) -> OutboxMessage | None:
        """Return a message in any state, or None."""
        with self._store.transaction() as session:
            return message(session, number)

    def pick(self, numbers: Collection[int]) -> Picked:
        """Return the messages of the numbers as they are."""
        with self._store.transaction() as session:
            rows = [message(session, number) for number in numbers]
            return _picked(session, numbers, [row.id for row in rows if row is not None and row.state == "parked"])

    def send_again(self, numbers: Collection[int] | None) -> Picked:
        """Make parked messages due again: those of the numbers, or all of them where it is None."""
        with self._store.transaction() as session:
            due = requeue_all(session) if numbers is None else requeue(session, numbers)
            return _picked(session, numbers or (), due)

    def drop(self, numbers: Collection[int], *, by: str, reason: str) -> Picked:
        """Let go of the parked messages of the numbers, for good."""
        with self._store.transaction() as session:
            return _picked(session, numbers, drop(session, numbers, datetime.now(UTC), by=by, reason=reason))

    def receiver(self, row: OutboxMessage) -> str:
        """Return whom a message goes to: addresses of people, or the name of a hook, whose own address is a secret."""
        if row.channel == "webhook":
            return f"hook {row.template}"
        return ", ".join(self._recipients.of(row.audience or Audience.CRITICAL))


def _picked(session: Session, numbers: Collection[int], parked: Collection[int]) -> Picked:
    found = {number: message(session, number) for number in (*parked, *numbers)}
    known = [row for row in found.values() if row is not None]
    return Picked(
        [row for row in known if row.id in parked],
        [row for row in known if row.id not in parked],
        [number for number, row in found.items() if row is None],
    )


@contextmanager
def open_outbox() -> Iterator[Outbox]:
    """Give the outbox of the settings; Prefect need not run for this."""
    settings = load_settings()
    with closing(block_from(settings, PostgresDatabase).get_client()) as store:
        yield Outbox(store, load_recipients(settings.config_dir))
