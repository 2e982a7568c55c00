"""Mail by SMTP submission: RFC 5321, with STARTTLS (RFC 3207) and sign-in (RFC 4954)."""

import contextlib
import smtplib
import ssl
from collections.abc import Iterator
from dataclasses import KW_ONLY, dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from clients.mail.message import OutgoingMail
from clients.mail.mime import mime_message
from clients.mail.smtp_errors import as_service_error
from domain.errors import ConfigError

_NO_ANSWER = (smtplib.SMTPException, OSError, UnicodeError)
"""UnicodeError: of a host that no name can be, such as one with two dots side by side."""


@dataclass(frozen=True, slots=True)
class SmtpMailer:
    """Sends each mail over a connection of its own; threads may share one mailer."""

    host: str
    port: int = 587
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    _: KW_ONLY
    starttls: bool = True
    ca_bundle: Path | None = None
    """PEM file with the CA of the server; None: the system's."""
    timeout_s: float = 30.0
    """Longest wait for the server, at each exchange."""

    def __post_init__(self) -> None:
        if self.username and not self.password:
            raise ConfigError(["SMTP_PASSWORD: not set; SMTP_USERNAME needs it"])
        if not f"{self.username or ''}{self.password or ''}".isascii():
            raise ConfigError(["SMTP_USERNAME, SMTP_PASSWORD: only ASCII characters can be signed in with"])

    def send(self, mail: OutgoingMail) -> None:
        """Send `mail` to all of its recipients or, where the server refuses one, to nobody."""
        content = mime_message(mail, sent_at=datetime.now(UTC)).as_bytes()
        try:
            with self._connection() as smtp:
                _transmit(smtp, mail, content)
        except _NO_ANSWER as error:
            # The cause is cut off: smtplib's errors hold what the server said to the sign-in, which may repeat it.
            raise as_service_error(error, label=mail.label, server=f"{self.host}:{self.port}") from None

    def probe(self) -> None:
        """Prove that the server takes this sign-in, without sending anything."""
        try:
            with self._connection() as smtp:
                smtp.noop()
        except _NO_ANSWER as error:
            raise as_service_error(error, label="sign-in", server=f"{self.host}:{self.port}") from None

    @contextlib.contextmanager
    def _connection(self) -> Iterator[smtplib.SMTP]:
        smtp = smtplib.SMTP(self.host, self.port, timeout=self.timeout_s)
        try:
            if self.starttls:
                smtp.starttls(context=self.tls())
            if self.username and self.password:
                smtp.login(self.username, self.password)
            yield smtp
            # The mail has been taken. An error while saying goodbye must not look like a mail that was not sent.
            with contextlib.suppress(smtplib.SMTPException, OSError):
                smtp.quit()
        finally:
            smtp.close()

    def tls(self) -> ssl.SSLContext:
        """Return a context that trusts the server's authorities. Raises ConfigError for a file that holds none."""
        if self.ca_bundle is not None and not self.ca_bundle.is_file():
            raise ConfigError([f"SMTP_CA_BUNDLE: there is no file {self.ca_bundle}"])
        try:
            return ssl.create_default_context(cafile=self.ca_bundle)
        except ssl.SSLError:
            raise ConfigError([f"SMTP_CA_BUNDLE: {self.ca_bundle} is not a PEM file of certificates"]) from None


def _transmit(smtp: smtplib.SMTP, mail: OutgoingMail, content: bytes) -> None:
    smtp.ehlo_or_helo_if_needed()
    code, text = smtp.mail(mail.sender)
    if code != 250:
        raise smtplib.SMTPSenderRefused(code, text, mail.sender)
    answers = {recipient: smtp.rcpt(recipient) for recipient in mail.recipients}
    refused = {recipient: answer for recipient, answer in answers.items() if answer[0] not in (250, 251)}
    if refused:
        # Sending to the others now would send to them again when the mail is tried again.
        raise smtplib.SMTPRecipientsRefused(refused)
    code, text = smtp.data(content)
    if code != 250:
        raise smtplib.SMTPDataError(code, text)
