"""The certificate that a server presents by TLS, at once or after STARTTLS.

Read by a handshake of its own, after which nothing is said.
"""

import smtplib
import socket
import ssl
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime

from cryptography.x509 import Certificate, load_der_x509_certificate

from domain.errors import ServiceRejected, ServiceUnavailable

_TIMEOUT_S = 10.0
_HAS_EXPIRED = 10  # X509_V_ERR_CERT_HAS_EXPIRED of OpenSSL, of any certificate in the chain


@dataclass(frozen=True, slots=True)
class Presented:
    """The server's own certificate, whose issuers are trusted; `ends_at` may be past."""

    subject: str
    ends_at: datetime


def presented(host: str, port: int, trust: Callable[[], ssl.SSLContext], *, starttls: bool = False) -> Presented:
    """Return what the server presents, verified as `trust` says; each context it makes is used once.

    Raises ServiceUnavailable when there is no handshake, ServiceRejected for a certificate that is not trusted for
    another reason than its own end.
    """
    place = f"{host}:{port}"
    try:
        return _read(_handshake(host, port, trust(), starttls=starttls))
    except ssl.SSLCertVerificationError as error:
        reason, has_ended = error.verify_message, error.verify_code == _HAS_EXPIRED
    except OSError as error:  # smtplib's errors are such, too
        raise _no_handshake(place, error) from None
    if has_ended and (ended := _ended(host, port, trust(), starttls=starttls)) is not None:
        return ended
    raise ServiceRejected(f"the certificate of {place} is not trusted ({reason})", service=place)


def subject_of(certificate: Certificate) -> str:
    """Return the name that a certificate is for, as people know it.

    A certificate need not have a common name; then all that is said of its holder is returned.
    """
    common = [str(part.value) for part in certificate.subject if part.rfc4514_attribute_name == "CN"]
    return common[0] if common else certificate.subject.rfc4514_string() or f"number {certificate.serial_number:x}"


def _ended(host: str, port: int, context: ssl.SSLContext, *, starttls: bool) -> Presented | None:
    """Return the server's own certificate where it is what has ended; None where that is an issuer's."""
    # Nothing is sent over this connection: it is only to learn the date, which a refused handshake does not tell.
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    try:
        found = _read(_handshake(host, port, context, starttls=starttls))
    except OSError as error:
        raise _no_handshake(f"{host}:{port}", error) from None
    return found if found.ends_at <= datetime.now(UTC) else None


def _handshake(host: str, port: int, context: ssl.SSLContext, *, starttls: bool) -> bytes:
    """Return the server's certificate, DER."""
    if starttls:
        with closing(smtplib.SMTP(host, port, timeout=_TIMEOUT_S)) as smtp:
            smtp.starttls(context=context)
            found = smtp.sock.getpeercert(True) if isinstance(smtp.sock, ssl.SSLSocket) else None
    else:
        with (
            socket.create_connection((host, port), timeout=_TIMEOUT_S) as connection,
            context.wrap_socket(connection, server_hostname=host) as secured,
        ):
            found = secured.getpeercert(True)
    return found or b""


def _read(der: bytes) -> Presented:
    certificate = load_der_x509_certificate(der)
    return Presented(subject_of(certificate), certificate.not_valid_after_utc)


def _no_handshake(place: str, error: OSError) -> ServiceUnavailable:
    said = error.reason if isinstance(error, ssl.SSLError) else error.strerror
    return ServiceUnavailable(f"{place}: no TLS handshake ({said or type(error).__name__})", service=place)
