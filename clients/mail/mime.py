"""A mail as the bytes that SMTP carries: multipart/alternative, plain text first (RFC 2046 §5.1.4)."""

from datetime import datetime
from email import policy
from email.message import EmailMessage
from email.utils import format_datetime

from clients.mail.message import OutgoingMail


def mime_message(mail: OutgoingMail, *, sent_at: datetime) -> EmailMessage:
    """Return the message. Both bodies are quoted-printable: no line is too long, and no relay has to re-encode."""
    message = EmailMessage(policy=policy.SMTP)
    message["From"] = mail.sender
    message["To"] = ", ".join(mail.recipients)
    # A file name may look like an encoded word (RFC 2047): Python would decode it, and fail where it holds no UTF-8.
    message["Subject"] = mail.rendered.subject.replace("=?", "= ?")
    message["Date"] = format_datetime(sent_at)
    for name, value in mail.headers.items():
        message[name] = value
    message.set_content(mail.rendered.text, cte="quoted-printable")
    message.add_alternative(mail.rendered.html, subtype="html", cte="quoted-printable")
    return message
