"""Mail sink: takes mail over SMTP and over a Mailgun-shaped HTTP API, delivers none, shows all of it.

Not imitated: relaying, bounces, DKIM and SPF, attachments on the pages, Mailgun's events, templates and batch sending.
"""

from starlette.types import ASGIApp

from sandbox.faults import FaultMiddleware, Faults
from sandbox.mail import urls
from sandbox.mail.models import Mail, MailSettings, MailState
from sandbox.mail.smtp import SmtpServer

__all__ = ["Mail", "MailSettings", "MailState", "SmtpServer", "create_app"]


def create_app(state: MailState, faults: Faults, smtp_faults: Faults | None = None) -> ASGIApp:
    """Return the pages and the Mailgun API; with `smtp_faults`, also the control API of the SMTP server."""
    return FaultMiddleware(urls.create_app(state, smtp_faults or Faults()), faults)
