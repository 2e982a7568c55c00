"""What a TLS server presents is read by a handshake that verifies, also where it has ended."""

import datetime as dt
import ssl
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from starlette.applications import Starlette

from clients.otmm.session import trust
from clients.server_certificate import Presented, presented
from domain.errors import ServiceRejected, ServiceUnavailable
from sandbox.certificates import Certificates, make_certificates
from sandbox.faults import Faults
from sandbox.mail import MailSettings, MailState, SmtpServer
from sandbox.serving import Server, TlsFiles

DAY = dt.timedelta(days=1)
NOW = dt.datetime.now(dt.UTC)


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[..., tuple[int, Certificates]]]:
    """Start a server whose certificate ends then; gives its port."""
    with ExitStack() as started:

        def start(ends_in: dt.timedelta, *, asks_clients: bool = False) -> tuple[int, Certificates]:
            made = make_certificates(tmp_path / "certificates", server_ends_in=ends_in)
            tls = TlsFiles(made.server_cert, made.server_key, client_ca=made.ca_pem if asks_clients else None)
            server = started.enter_context(Server(Starlette(), name="test", tls=tls))
            return server.port, made

        yield start


def seen(port: int, certificates: Certificates, **more: bool) -> Presented:
    return presented("localhost", port, lambda: trust(certificates.ca_pem), **more)


def test_a_good_certificate_says_when_it_ends(serve):
    found = seen(*serve(20 * DAY))
    assert found.subject == "localhost"
    assert abs(found.ends_at - NOW - 20 * DAY) < DAY


def test_one_that_has_ended_says_since_when(serve):
    assert abs(seen(*serve(-2 * DAY)).ends_at - NOW + 2 * DAY) < DAY


def test_a_server_that_asks_for_a_client_certificate_is_seen_without(serve):
    assert seen(*serve(20 * DAY, asks_clients=True)).subject == "localhost"


def test_one_of_another_authority_is_not_trusted(serve, tmp_path):
    port, _ = serve(20 * DAY)
    with pytest.raises(ServiceRejected, match=r"localhost:\d+ is not trusted \(unable to get local issuer"):
        seen(port, make_certificates(tmp_path / "others"))


def test_a_mail_server_shows_it_after_starttls(tmp_path):
    files = make_certificates(tmp_path / "certificates", server_ends_in=20 * DAY)
    server = SmtpServer(
        MailState(tmp_path / "mails", MailSettings()), Faults(), certificate=files.server_cert, key=files.server_key
    )
    server.start()
    try:
        assert abs(seen(server.port, files, starttls=True).ends_at - NOW - 20 * DAY) < DAY
    finally:
        server.stop()


def test_no_server_and_one_without_tls_are_told_with_their_place():
    context = ssl.create_default_context
    for starttls in (False, True):
        with pytest.raises(ServiceUnavailable, match=r"localhost:1: no TLS handshake \(Connection refused\)"):
            presented("localhost", 1, context, starttls=starttls)
    with (
        Server(Starlette(), name="plain") as server,
        pytest.raises(ServiceUnavailable, match=f"127.0.0.1:{server.port}: no TLS handshake"),
    ):
        presented("127.0.0.1", server.port, context)
