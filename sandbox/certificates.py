"""Throw-away keys and certificates for the sandbox: a CA, a server, a client, and the signing key of a Box app."""

import datetime as dt
import ipaddress
import os
from dataclasses import dataclass, field
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

_PEM = serialization.Encoding.PEM
_PKCS8 = serialization.PrivateFormat.PKCS8
LIFETIME = dt.timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Certificates:
    """Where the files are. The passwords are made up and open nothing outside the sandbox."""

    ca_pem: Path
    server_cert: Path
    server_key: Path
    client_pfx: Path
    jwt_key: Path
    """Encrypted PKCS#8 PEM of the RSA key that signs the Box app's assertions."""
    jwt_public_key: Path
    client_pfx_password: str = field(default="sandbox-pfx", repr=False)
    jwt_key_passphrase: str = field(default="sandbox-jwt", repr=False)


@dataclass(frozen=True, slots=True)
class _Issued:
    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate

    def key_pem(self) -> bytes:
        return self.key.private_bytes(_PEM, _PKCS8, serialization.NoEncryption())

    def certificate_pem(self) -> bytes:
        return self.certificate.public_bytes(_PEM)


def make_certificates(
    folder: Path,
    *,
    client_ends_in: dt.timedelta = LIFETIME,
    server_ends_in: dt.timedelta = LIFETIME,
    **passwords: str,
) -> Certificates:
    """Write a fresh set into `folder` (made where missing), every file readable by its owner only.

    `client_ends_in` and `server_ends_in` may be negative: such a certificate has ended. `passwords` may name others
    than the usual ones, by their fields in Certificates.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    files = Certificates(
        ca_pem=folder / "ca.pem",
        server_cert=folder / "server.pem",
        server_key=folder / "server.key",
        client_pfx=folder / "client.pfx",
        jwt_key=folder / "box-app.key",
        jwt_public_key=folder / "box-app.pub",
        **passwords,
    )
    authority = _issue("Sandbox CA", None)
    server = _issue("localhost", authority, purpose=ExtendedKeyUsageOID.SERVER_AUTH, ends_in=server_ends_in)
    client = _issue("Sandbox client", authority, purpose=ExtendedKeyUsageOID.CLIENT_AUTH, ends_in=client_ends_in)
    write_private(files.ca_pem, authority.certificate_pem())
    write_private(files.server_cert, server.certificate_pem())
    write_private(files.server_key, server.key_pem())
    write_private(files.client_pfx, _pfx(client, authority, files.client_pfx_password))
    _write_jwt_key(files)
    return files


def write_private(path: Path, content: bytes) -> None:
    """Write a file that only its owner can read, never wider open in between."""
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)


def _issue(
    common_name: str,
    issuer: _Issued | None,
    *,
    purpose: x509.ObjectIdentifier | None = None,
    ends_in: dt.timedelta = LIFETIME,
) -> _Issued:
    """Return a key with its certificate, signed by `issuer` or, where that is None, by itself as a CA."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])
    signer = issuer.key if issuer else key
    now = dt.datetime.now(dt.UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.certificate.subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(min(now - dt.timedelta(hours=1), now + ends_in - LIFETIME))
        .not_valid_after(now + ends_in)
        .add_extension(x509.BasicConstraints(ca=issuer is None, path_length=None), critical=True)
        .add_extension(_key_usage(is_authority=issuer is None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False)
    )
    if purpose is not None:
        builder = builder.add_extension(x509.ExtendedKeyUsage([purpose]), critical=False)
    if purpose == ExtendedKeyUsageOID.SERVER_AUTH:
        addresses = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
        builder = builder.add_extension(x509.SubjectAlternativeName(addresses), critical=False)
    return _Issued(key, builder.sign(signer, hashes.SHA256()))


def _key_usage(*, is_authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not is_authority,
        key_cert_sign=is_authority,
        crl_sign=is_authority,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _pfx(client: _Issued, authority: _Issued, password: str) -> bytes:
    encryption = serialization.BestAvailableEncryption(password.encode())
    return pkcs12.serialize_key_and_certificates(
        b"sandbox", client.key, client.certificate, [authority.certificate], encryption
    )


def _write_jwt_key(files: Certificates) -> None:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    encryption = serialization.BestAvailableEncryption(files.jwt_key_passphrase.encode())
    write_private(files.jwt_key, key.private_bytes(_PEM, _PKCS8, encryption))
    public = key.public_key().public_bytes(_PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    write_private(files.jwt_public_key, public)
