"""The ways by which people and systems are told: mail and outgoing webhooks. Nothing is sent."""

import socket
from collections.abc import Iterator
from functools import partial
from urllib.parse import urlsplit

from blocks.mail import MailgunAccount, SmtpServer
from blocks.settings import Settings
from blocks.webhooks import OutgoingWebhooks
from domain.errors import ServiceUnavailable
from entrypoints.checks.expiry import check_starttls
from entrypoints.checks.verdict import Found, Verdict, attempt

_TIMEOUT_S = 10


def check_smtp(block: SmtpServer, settings: Settings) -> Iterator[Verdict]:
    """Yield the verdicts on the mail server."""
    yield attempt("mail", "SMTP_HOST and SMTP_PORT", partial(_smtp, block))
    name, source = "TLS of mail", "SMTP_HOST, SMTP_PORT and SMTP_CA_BUNDLE"
    if block.starttls:
        yield check_starttls(name, (block.host, block.port), source, lambda: block.get_client().tls(), settings)
    else:
        yield attempt(name, source, lambda: Found("not applicable: SMTP_STARTTLS is off"))


def check_mailgun(block: MailgunAccount) -> Iterator[Verdict]:
    """Yield the verdict on Mailgun; its key is not tried, as only sending would."""
    yield attempt(
        "mail (Mailgun)", "MAILGUN_BASE_URL", lambda: _reachable(block.base_url, f"; sends as {block.sender}")
    )


def check_webhooks(block: OutgoingWebhooks) -> Iterator[Verdict]:
    """Yield a verdict on each outgoing webhook that has an address."""
    for name, url in block.addresses().items():
        yield attempt(name, name, partial(_reachable, url))


def _smtp(block: SmtpServer) -> Found:
    block.get_client().probe()
    return Found(f"signed in at {block.host}:{block.port}; sends as {block.sender}", details={"sender": block.sender})


def _reachable(url: str, more: str = "") -> Found:
    """Open a connection and say no more: a real request would announce something."""
    parts = urlsplit(url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    try:
        socket.create_connection((parts.hostname or "", port), timeout=_TIMEOUT_S).close()
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise ServiceUnavailable(f"{parts.hostname}:{port} cannot be reached ({reason})") from None
    return Found(f"{parts.hostname}:{port} can be reached{more}", details={"host": parts.hostname, "port": port})
