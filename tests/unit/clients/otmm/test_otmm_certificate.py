"""The client certificate file: what is wrong with it is said, and its key never lies on disk in clear."""

import datetime as dt
import tempfile
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID

from clients.otmm import ClientCertificate
from domain.errors import ConfigError

PASSWORD = "correct horse"
START = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
END = dt.datetime(2027, 1, 1, tzinfo=dt.UTC)
TODAY = dt.datetime(2026, 6, 1, tzinfo=dt.UTC)


def make_pfx(path: Path, password: str = PASSWORD, *, with_key: bool = True) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "scaling")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(START)
        .not_valid_after(END)
        .sign(key, hashes.SHA256())
    )
    encryption = serialization.BestAvailableEncryption(password.encode()) if password else serialization.NoEncryption()
    data = pkcs12.serialize_key_and_certificates(b"x", key if with_key else None, certificate, None, encryption)
    path.write_bytes(data)
    path.chmod(0o600)
    return path


@pytest.fixture
def pfx(tmp_path) -> Path:
    return make_pfx(tmp_path / "client.pfx")


def refusal(path: Path, password: str = PASSWORD, now: dt.datetime = TODAY) -> str:
    with pytest.raises(ConfigError) as caught:
        ClientCertificate(path, password, now=now)
    assert PASSWORD not in str(caught.value)
    assert len(caught.value.faults) == 1
    return str(caught.value)


def test_a_good_certificate_says_when_it_ends(pfx):
    certificate = ClientCertificate(pfx, PASSWORD, now=TODAY)
    assert certificate.expires_at == END
    assert PASSWORD not in repr(certificate)


def test_its_context_verifies_the_server(pfx):
    context = ClientCertificate(pfx, PASSWORD, now=TODAY).ssl_context()
    assert context.check_hostname
    assert context.get_ca_certs()


def test_a_file_without_a_password_opens(tmp_path):
    ClientCertificate(make_pfx(tmp_path / "open.pfx", ""), "", now=TODAY).ssl_context()


def test_a_wrong_password_is_said():
    with tempfile.TemporaryDirectory() as folder:
        assert "DAM_MTLS_CERT_PASSWORD: wrong password" in refusal(make_pfx(Path(folder, "a.pfx")), "wrong")


@pytest.mark.parametrize(
    "data", [b"", b"0", b"-----BEGIN CERTIFICATE-----\n", b"\x30\x82\x01\x00hello", bytes(range(100, 200))]
)
def test_something_else_than_a_pfx_is_not_taken_for_a_wrong_password(tmp_path, data):
    path = tmp_path / "client.pem"
    path.write_bytes(data)
    path.chmod(0o600)
    assert "is not a PFX/P12 file" in refusal(path)


def test_a_file_that_others_can_read_is_refused(pfx):
    pfx.chmod(0o640)
    assert "can be read by others" in refusal(pfx)


def test_a_file_that_is_not_there_is_said(tmp_path):
    assert "cannot be read (No such file or directory)" in refusal(tmp_path / "none.pfx")


def test_a_file_without_a_key_is_refused(tmp_path):
    assert "no certificate with a private key" in refusal(make_pfx(tmp_path / "a.pfx", with_key=False))


@pytest.mark.parametrize("now", [START - dt.timedelta(days=1), END])
def test_a_certificate_that_is_not_valid_today_is_refused(pfx, now):
    assert "is valid from 2026-01-01 to 2027-01-01, not today" in refusal(pfx, now=now)


def test_the_key_is_never_on_disk_in_clear_and_nothing_stays(pfx, tmp_path, monkeypatch):
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    seen: list[tuple[bytes, int, int]] = []
    write = Path.write_bytes

    def watched(path: Path, data: bytes) -> int:
        count = write(path, data)
        seen.append((data, path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777))
        return count

    monkeypatch.setattr(Path, "write_bytes", watched)
    ClientCertificate(pfx, PASSWORD, now=TODAY).ssl_context()
    [(data, file_mode, folder_mode)] = seen
    assert b"BEGIN ENCRYPTED PRIVATE KEY" in data
    assert (file_mode, folder_mode) == (0o600, 0o700)
    assert list(folder.iterdir()) == []
