"""The client certificate for a DAM behind a TLS gateway: a PFX/P12 file (RFC 7292) made into a TLS context."""

import secrets
import ssl
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, PrivateFormat
from cryptography.hazmat.primitives.serialization.pkcs12 import PKCS12KeyAndCertificates, load_pkcs12
from cryptography.x509 import Certificate

from clients.otmm.session import trust
from clients.secret_files import readable_by_others
from clients.server_certificate import subject_of
from domain.errors import ConfigError

_PFX_VERSION = b"\x02\x01\x03"  # DER of the integer 3, the first member of every PFX


class ClientCertificate:
    """A certificate with its key, read when the object is made. Raises ConfigError when it cannot be used."""

    def __init__(self, path: Path, password: str, *, now: datetime | None = None) -> None:
        self._path = path
        self._bag = _load(path, password)
        now = now or datetime.now(UTC)
        if not self._certificate.not_valid_before_utc <= now < self.expires_at:
            start, end = self._certificate.not_valid_before_utc, self.expires_at
            raise _refused(path, f"is valid from {start:%Y-%m-%d} to {end:%Y-%m-%d}, not today; ask for a new one")

    def __repr__(self) -> str:
        return f"ClientCertificate(path={str(self._path)!r}, expires_at={self.expires_at:%Y-%m-%d})"

    @property
    def _certificate(self) -> Certificate:
        assert self._bag.cert is not None  # noqa: S101  (_load has made sure)
        return self._bag.cert.certificate

    @property
    def expires_at(self) -> datetime:
        """When the certificate ends, aware UTC."""
        return self._certificate.not_valid_after_utc

    def ends(self) -> list[tuple[str, datetime]]:
        """Return each certificate of the file, the client's own first: whom it is for, and when it ends, aware UTC."""
        chain = (self._certificate, *(bag.certificate for bag in self._bag.additional_certs))
        return [(subject_of(certificate), certificate.not_valid_after_utc) for certificate in chain]

    def ssl_context(self, ca_bundle: Path | None = None) -> ssl.SSLContext:
        """Return a context that shows this certificate and trusts `ca_bundle`, or the public authorities without it."""
        context = trust(ca_bundle)
        # The ssl module reads keys from files only. This one holds the key under a passphrase that exists nowhere else.
        passphrase = secrets.token_hex(32)
        with tempfile.TemporaryDirectory(prefix="dam-") as folder:
            chain = Path(folder, "chain.pem")
            chain.touch(mode=0o600)
            chain.write_bytes(self._pem(passphrase))
            try:
                context.load_cert_chain(chain, password=passphrase)
            except ssl.SSLError as error:
                raise _refused(self._path, f"cannot be used for TLS ({error.reason}); export it again") from error
        return context

    def _pem(self, passphrase: str) -> bytes:
        assert self._bag.key is not None  # noqa: S101  (_load has made sure)
        key = self._bag.key.private_bytes(
            Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(passphrase.encode())
        )
        issuers = (bag.certificate for bag in self._bag.additional_certs)
        certificates = (certificate.public_bytes(Encoding.PEM) for certificate in (self._certificate, *issuers))
        return key + b"".join(certificates)


def _load(path: Path, password: str) -> PKCS12KeyAndCertificates:
    """Read the file, telling apart what can be wrong with it."""
    try:
        if readable_by_others(path):
            raise _refused(path, f"can be read by others; run: chmod 600 {path}")
        data = path.read_bytes()
    except OSError as error:
        raise _refused(path, f"cannot be read ({error.strerror})") from error
    if not _is_pfx(data):
        raise _refused(path, "is not a PFX/P12 file; export certificate and key together as PKCS#12")
    try:
        bag = load_pkcs12(data, password.encode() or None)
    except UnsupportedAlgorithm as error:
        raise _refused(path, "is encrypted in a way that is no longer supported; export it again with AES") from error
    except ValueError as error:
        text = f"DAM_MTLS_CERT_PASSWORD: wrong password for {path}, or the file is damaged"
        raise ConfigError([text]) from error
    if bag.cert is None or bag.key is None:
        raise _refused(path, "holds no certificate with a private key; export both together as PKCS#12")
    return bag


def _is_pfx(data: bytes) -> bool:
    """Tell whether the file is a DER sequence that starts with the version of a PFX; cryptography does not say."""
    length_octets = data[1] & 0x7F if len(data) > 1 and data[1] & 0x80 else 0
    start = 2 + length_octets
    return data[:1] == b"\x30" and data[start : start + 3] == _PFX_VERSION


def _refused(path: Path, text: str) -> ConfigError:
    return ConfigError([f"DAM_MTLS_CERT_PATH: {path} {text}"])
