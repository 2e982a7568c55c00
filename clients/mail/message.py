"""What a mailer takes: a rendered mail with its sender, its recipients and an identity that survives a second try.

Message-ID follows RFC 5322 §3.6.4; the headers of automatic mail follow RFC 3834 §5.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from email.utils import parseaddr
from typing import Protocol

from clients.mail.addresses import is_plain_address
from domain.errors import ConfigError


@dataclass(frozen=True, slots=True)
class RenderedMail:
    """Subject (one line) and both bodies of a mail."""

    subject: str
    text: str
    html: str


@dataclass(frozen=True, slots=True)
class OutgoingMail:
    """A mail ready to go. Raises ConfigError, with every fault, where the addresses cannot be used."""

    message_id: str
    """With its angle brackets; see `stable_message_id`."""
    sender: str
    recipients: Sequence[str]
    rendered: RenderedMail
    idempotency_key: str
    """Names the message that this mail carries, the same on every try."""

    def __post_init__(self) -> None:
        addresses = [("sender", self.sender), *(("recipient", address) for address in self.recipients)]
        faults = [
            f"{self.label}: the {role} {address!r} is not one bare address"
            for role, address in addresses
            if not is_plain_address(address)
        ]
        if not self.recipients:
            faults.append(f"{self.label}: has no recipients; name some in recipients.yaml")
        if faults:
            raise ConfigError(faults)

    @property
    def label(self) -> str:
        """The mail's name for people, in messages."""
        return f"mail {self.rendered.subject!r}"

    @property
    def headers(self) -> Mapping[str, str]:
        """Headers beyond sender, recipients, subject and date, for every way of sending."""
        return {
            "Message-ID": self.message_id,
            "Auto-Submitted": "auto-generated",
            "X-Auto-Response-Suppress": "All",  # Exchange and Outlook ignore Auto-Submitted; this stops their replies
            "X-Idempotency-Key": " ".join(self.idempotency_key.split()),
        }


class Mailer(Protocol):
    """A way to send mail."""

    def send(self, mail: OutgoingMail) -> None:
        """Hand `mail` to the mail system: returning means that it took it for every recipient.

        Raises ServiceUnavailable, after which the same mail may be sent again, or ServiceRejected. In both cases nobody
        received it, unless the connection broke while the server answered: then a second try may bring a copy, which
        carries the same Message-ID.
        """


def stable_message_id(idempotency_key: str, sender: str) -> str:
    """Return the Message-ID of the mail for `idempotency_key`, always the same one.

    >>> stable_message_id("a1-to-a2/C000000078/1", "robot@example.com")
    '<d5775da8c3213d029d05f5bfbb891f1c@example.com>'
    """
    digest = hashlib.sha256(idempotency_key.encode()).hexdigest()[:32]
    return f"<{digest}@{parseaddr(sender)[1].rpartition('@')[2]}>"
