"""The ways by which people and systems are told: mail and outgoing webhooks. Nothing is sent."""

import socket
from collections.abc import Iterator
from functools import partial
from urllib.parse import urlsplit

from blocks.config_files import load_hooks
from blocks.mail import MailgunAccount, SmtpServer
from blocks.settings import Settings
from blocks.webhooks import OutgoingWebhooks
from clients.webhook.hooks import Hook
from domain.errors import ConfigError, ServiceUnavailable
from entrypoints.checks.expiry import check_starttls
from entrypoints.checks.verdict import Found, State, Verdict, attempt

_TIMEOUT_S = 10
_HOOKS = "webhooks.yaml, and the settings that it names"


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


def check_webhooks(block: OutgoingWebhooks, settings: Settings) -> Iterator[Verdict]:
    """Yield a verdict on each webhook of `webhooks.yaml` that has an address, there or in a setting."""
    try:
        hooks = load_hooks(settings.config_dir, block.addresses()).hooks
    except ConfigError as error:
        yield Verdict("hooks", State.FAILED, "; ".join(error.faults))
        return
    for hook in hooks:
        if hook.url is not None:
            yield attempt(f"hook {hook.name}", _HOOKS, partial(_hook, hook, hook.url, block))


def check_alarm_webhook(settings: Settings) -> Iterator[Verdict]:
    """Yield the verdict on the receiver of the Prefect server's alarms, where there is one."""
    if settings.alarm_webhook_url is not None:
        yield attempt("alarm webhook", "ALARM_WEBHOOK_URL", partial(_reachable, settings.alarm_webhook_url))


def _hook(hook: Hook, url: str, block: OutgoingWebhooks) -> Found:
    if not hook.is_on:
        return Found("not applicable: enabled is false in webhooks.yaml")
    block.get_client().sign_in(hook)
    return _reachable(url)


def _smtp(block: SmtpServer) -> Found:
    block.get_client().probe()
    return Found(f"signed in at {block.host}:{block.port}; sends as {block.sender}", details={"sender": block.sender})


def _reachable(url: str, more: str = "") -> Found:
    """Open a connection and say no more: a real request would announce something."""
    parts = urlsplit(url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    try:
        socket.create_connection((parts.hostname or "", port), timeout=_TIMEOUT_S).close()
    except (OSError, UnicodeError) as error:  # UnicodeError: of a host that no name can be
        reason = getattr(error, "strerror", None) or type(error).__name__
        raise ServiceUnavailable(f"{parts.hostname}:{port} cannot be reached ({reason})") from None
    return Found(f"{parts.hostname}:{port} can be reached{more}", details={"host": parts.hostname, "port": port})
