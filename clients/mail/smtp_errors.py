"""The one place where what goes wrong in SMTP becomes an error of the project.

Reply codes follow RFC 5321 §4.2.1: 4yz asks to try again, 5yz is a final no.
"""

import smtplib
import ssl

from domain.errors import RecipientDeferred, ServiceError, ServiceRejected, ServiceUnavailable
from domain.masking import mask

_SHOWN = 200
"""Characters of a server's own text that an error repeats."""


def as_service_error(error: smtplib.SMTPException | OSError | UnicodeError, *, label: str, server: str) -> ServiceError:
    """Return the project's error for `error`. `label` names the mail; `server` is host and port."""
    start = f"{label}: {server}"
    match error:
        case smtplib.SMTPAuthenticationError():
            return _sign_in(error, start)
        case smtplib.SMTPRecipientsRefused():
            return _recipients(error, start)
        case smtplib.SMTPResponseException():
            return _reply(error, start)
        case smtplib.SMTPException():
            return _conversation(error, start)
        case UnicodeError():
            return ServiceRejected(f"{start} can be no server's name; correct SMTP_HOST", service="mail")
        case _:
            return _connection(error, start)


def _conversation(error: smtplib.SMTPException, start: str) -> ServiceError:
    if isinstance(error, smtplib.SMTPServerDisconnected):
        return _unavailable(f"{start} broke the connection off, or did not answer in time")
    missing = "STARTTLS or sign-in" if isinstance(error, smtplib.SMTPNotSupportedError) else "a known way to sign in"
    what = f"does not offer {missing}; correct SMTP_PORT, SMTP_STARTTLS or SMTP_USERNAME"
    return ServiceRejected(f"{start} {what}", service="mail")


def _connection(error: OSError, start: str) -> ServiceError:
    if isinstance(error, ssl.SSLCertVerificationError):
        what = f"has a certificate that is not trusted ({error.verify_message}); correct SMTP_HOST or SMTP_CA_BUNDLE"
        return ServiceRejected(f"{start} {what}", service="mail")
    if isinstance(error, TimeoutError):
        return _unavailable(f"{start} did not answer in time")
    return _unavailable(f"{start} could not be reached ({error.strerror or type(error).__name__})")


def _sign_in(error: smtplib.SMTPAuthenticationError, start: str) -> ServiceError:
    # The server's text is left out: some servers repeat the line that they refuse, and it holds the password.
    code = error.smtp_code
    if _is_transient(code):
        return _unavailable(f"{start} could not check the sign-in just now ({code})", code)
    what = f"refused the sign-in ({code}); correct SMTP_USERNAME and SMTP_PASSWORD"
    return ServiceRejected(f"{start} {what}", service="mail", code=str(code))


def _recipients(error: smtplib.SMTPRecipientsRefused, start: str) -> ServiceError:
    refused: dict[str, tuple[int, bytes]] = error.recipients
    reasons = "; ".join(f"{address} ({code} {_text(text)})" for address, (code, text) in refused.items())
    final = [code for code, _ in refused.values() if not _is_transient(code)]
    message = f"{start} refused {reasons}; nobody received it"
    if not final:
        return RecipientDeferred(message, service="mail", code=str(next(code for code, _ in refused.values())))
    return ServiceRejected(f"{message}; correct the address in recipients.yaml", service="mail", code=str(final[0]))


def _reply(error: smtplib.SMTPResponseException, start: str) -> ServiceError:
    code = error.smtp_code
    sender = f" from {error.sender}" if isinstance(error, smtplib.SMTPSenderRefused) else ""
    message = f"{start} refused it{sender} ({code} {_text(error.smtp_error)})"
    return (
        _unavailable(message, code) if _is_transient(code) else ServiceRejected(message, service="mail", code=str(code))
    )


def _unavailable(message: str, code: int | None = None) -> ServiceUnavailable:
    return ServiceUnavailable(message, service="mail", code=None if code is None else str(code))


def _is_transient(code: int) -> bool:
    # Below 400 the reply fits no command (smtplib says -1 where it could not be read): the connection is out of step.
    return code < 500


def _text(said: bytes | str) -> str:
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    return " ".join(mask(text).split())[:_SHOWN]
