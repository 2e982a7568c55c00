"""TLS alerts of a real TLS server, which sends them before it closes."""

import contextlib
import socket
import ssl
import threading
from collections.abc import Iterator

import pytest

from clients.otmm.http import Call, DamHttp
from clients.otmm.session import Connection
from domain.errors import ServiceRejected
from sandbox.certificates import Certificates, make_certificates


@pytest.fixture(scope="module")
def certificates(tmp_path_factory) -> Certificates:
    return make_certificates(tmp_path_factory.mktemp("certificates"))


def _refuse_all(listener: socket.socket, context: ssl.SSLContext) -> None:
    while True:
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        wrapped = context.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
        with wrapped, contextlib.suppress(OSError):
            with contextlib.suppress(ssl.SSLError):
                wrapped.do_handshake()
            socket.socket.shutdown(wrapped, socket.SHUT_WR)
            # To the end of what the client sends: closed earlier, the connection is reset and the alert is lost.
            while socket.socket.recv(wrapped, 65_536):
                pass


@pytest.fixture(params=[ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3], ids=["TLS 1.2", "TLS 1.3"])
def gateway(request, certificates) -> Iterator[str]:
    """A gateway that refuses whoever shows no certificate; its URL."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=str(certificates.ca_pem))
    context.load_cert_chain(certificates.server_cert, certificates.server_key)
    context.verify_mode = ssl.CERT_REQUIRED
    context.minimum_version = context.maximum_version = request.param
    listener = socket.create_server(("127.0.0.1", 0))
    thread = threading.Thread(target=_refuse_all, args=(listener, context), daemon=True)
    thread.start()
    yield f"https://localhost:{listener.getsockname()[1]}"
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()
    thread.join(5)


def test_a_missing_client_certificate_is_final_and_named(gateway: str, certificates: Certificates):
    http = DamHttp(
        f"{gateway}/otmmapi",
        tokens=None,
        connection=Connection(ca_bundle=certificates.ca_pem, timeouts=(5, 5)),
        sleep=lambda _: None,
    )
    with pytest.raises(ServiceRejected, match="DAM_MTLS_CERT_PATH"):
        http.change(Call("PATCH", "/folders/1", "campaign 1", body={}))


def test_the_public_authorities_do_not_vouch_for_a_private_one(gateway: str):
    http = DamHttp(f"{gateway}/otmmapi", tokens=None, sleep=lambda _: None)
    with pytest.raises(ServiceRejected, match=r"not trusted.*DAM_CA_BUNDLE"):
        http.read(Call("GET", "/folders/rootfolders", "list of root folders"))
