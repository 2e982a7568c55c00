"""Mail that was taken in: what of it is kept, and who may send."""

import datetime as dt
import hmac
import threading
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from pathlib import Path
from typing import Any, cast

_PARSER: "BytesParser[EmailMessage]" = BytesParser(policy=default)


@dataclass
class MailSettings:
    """Who may send, and how."""

    username: str = "sandbox"
    password: str = "sandbox-mail"
    require_starttls: bool = True
    mailgun_domain: str = "mail.example.com"
    mailgun_key: str = "sandbox-mailgun"


@dataclass(frozen=True, slots=True)
class Mail:
    """One message. `recipients` are the envelope's; `headers` holds every header, the last of a name where repeated."""

    number: int
    via: str
    message_id: str
    subject: str
    sender: str
    to: str
    recipients: tuple[str, ...]
    headers: dict[str, str]
    text: str
    html: str
    received_at: dt.datetime
    raw: bytes = field(repr=False)

    def to_json(self) -> dict[str, Any]:
        """Return what the pages and the control API show of it."""
        return {
            "number": self.number,
            "via": self.via,
            "message_id": self.message_id,
            "subject": self.subject,
            "from": self.sender,
            "to": self.to,
            "recipients": list(self.recipients),
            "headers": self.headers,
            "text": self.text,
            "html": self.html,
            "received_at": self.received_at.isoformat(),
        }


class MailState:
    """Every mail in order of arrival, and as .eml files where a folder is given. Thread-safe."""

    def __init__(self, folder: Path | None = None, settings: MailSettings | None = None) -> None:
        self.settings = settings or MailSettings()
        self._folder = folder
        self._mails: list[Mail] = []
        self._changed = threading.Condition()
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)

    @property
    def mails(self) -> list[Mail]:
        """The mails so far."""
        with self._changed:
            return list(self._mails)

    def take(self, raw: bytes, *, recipients: tuple[str, ...], via: str) -> Mail:
        """Keep one message and return it as it is kept."""
        with self._changed:
            mail = _parsed(raw, number=len(self._mails) + 1, recipients=recipients, via=via)
            self._mails.append(mail)
            self._changed.notify_all()
        if self._folder is not None:
            (self._folder / f"{mail.number:04}.eml").write_bytes(raw)
        return mail

    def number(self, number: int) -> Mail | None:
        """Return the mail with this number, counted from 1, or None."""
        return next((mail for mail in self.mails if mail.number == number), None)

    def with_subject(self, part: str) -> list[Mail]:
        """Return the mails whose subject contains `part`."""
        return [mail for mail in self.mails if part in mail.subject]

    def wait_for(self, count: int, timeout: float = 10.0) -> list[Mail]:
        """Block until there are so many mails, and return them. Raises TimeoutError."""
        with self._changed:
            if not self._changed.wait_for(lambda: len(self._mails) >= count, timeout):
                raise TimeoutError(f"{len(self._mails)} mails after {timeout} s, expected {count}")
            return list(self._mails)

    def clear(self) -> None:
        """Forget every mail; files stay."""
        with self._changed:
            self._mails.clear()

    def is_user(self, username: bytes, password: bytes) -> bool:
        """Tell whether this is the one user who may send."""
        wanted = f"{self.settings.username}\0{self.settings.password}".encode()
        return hmac.compare_digest(wanted, username + b"\0" + password)


def _parsed(raw: bytes, *, number: int, recipients: tuple[str, ...], via: str) -> Mail:
    message = _PARSER.parsebytes(raw)
    return Mail(
        number=number,
        via=via,
        message_id=str(message.get("Message-ID", "")),
        subject=str(message.get("Subject", "")),
        sender=str(message.get("From", "")),
        to=str(message.get("To", "")),
        recipients=recipients,
        headers={name: str(value) for name, value in message.items()},
        text=_body(message, "plain"),
        html=_body(message, "html"),
        received_at=dt.datetime.now(dt.UTC),
        raw=raw,
    )


def _body(message: EmailMessage, kind: str) -> str:
    part = cast(EmailMessage | None, message.get_body(preferencelist=(kind,)))
    return str(part.get_content()) if part is not None else ""
