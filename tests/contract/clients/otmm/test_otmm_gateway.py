"""The DAM behind a gateway that asks for a client certificate."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from clients.otmm import ClientCertificate, OtdsTokens, OtmmClient
from domain.errors import ConfigError, ServiceRejected, ServiceUnavailable
from domain.roles import DamRoles
from sandbox.certificates import Certificates, make_certificates
from sandbox.faults import Faults
from sandbox.otmm import OtmmSettings, OtmmState, create_app
from sandbox.serving import Server, TlsFiles


@pytest.fixture(scope="module")
def certificates(tmp_path_factory) -> Certificates:
    return make_certificates(tmp_path_factory.mktemp("certificates"))


@dataclass
class Gateway:
    state: OtmmState
    faults: Faults
    url: str
    ca: Path
    roles: DamRoles

    def client(self, certificate: ClientCertificate | None, *, tokens: bool = False) -> OtmmClient:
        tls = certificate.ssl_context(self.ca) if certificate else None
        settings = self.state.settings
        token_url = f"{self.url}/otdsws/oauth2/token"
        return OtmmClient(
            f"{self.url}/otmmapi",
            self.roles,
            tokens=OtdsTokens(token_url, settings.client_id, settings.client_secret, tls=tls, ca_bundle=self.ca)
            if tokens
            else None,
            tls=tls,
            ca_bundle=self.ca,
            timeouts=(5, 5),
            sleep=lambda _: None,
        )


@pytest.fixture
def start_gateway(certificates: Certificates, roles: DamRoles) -> Iterator[Callable[[str | None], Gateway]]:
    servers: list[Server] = []

    def start(user: str | None) -> Gateway:
        state, faults = OtmmState(OtmmSettings()), Faults()
        files = TlsFiles(certificates.server_cert, certificates.server_key, client_ca=certificates.ca_pem)
        server = Server(create_app(state, faults, gateway_user=user), name="gateway", tls=files).start()
        servers.append(server)
        return Gateway(state, faults, server.url, certificates.ca_pem, roles)

    yield start
    for server in servers:
        server.stop()


@pytest.fixture
def certificate(certificates: Certificates) -> ClientCertificate:
    return ClientCertificate(certificates.client_pfx, certificates.client_pfx_password)


def test_the_certificate_alone_signs_in(start_gateway, certificate):
    gateway = start_gateway("scaling")
    campaign_id = gateway.state.add_campaign("C000000078", "Spring Campaign")
    with gateway.client(certificate) as client:
        client.probe()
        client.set_status(campaign_id, "A2", expected="A1")
    assert gateway.state.campaign_status(campaign_id) == "A2"
    assert gateway.state.tokens.requests == 0


def test_the_certificate_is_shown_to_the_token_service_too(start_gateway, certificate):
    gateway = start_gateway(None)
    with gateway.client(certificate, tokens=True) as client:
        client.probe()
    assert gateway.state.tokens.requests == 1


def test_without_the_certificate_the_gateway_lets_nothing_through(start_gateway):
    gateway = start_gateway("scaling")
    # Under TLS 1.3 the refusal comes after the handshake: as an alert, or as a connection that is closed.
    refused = (ServiceRejected, ServiceUnavailable)
    with gateway.client(None) as client, pytest.raises(refused, match="client certificate"):
        client.probe()
    assert gateway.faults.requests == []


def test_a_gateway_of_an_unknown_authority_is_not_trusted(start_gateway, certificate, roles):
    gateway = start_gateway("scaling")
    client = OtmmClient(f"{gateway.url}/otmmapi", roles, tokens=None, tls=certificate.ssl_context())
    with client, pytest.raises(ServiceRejected, match="DAM_CA_BUNDLE"):
        client.probe()
    assert gateway.faults.requests == []


def test_https_to_a_server_without_tls_is_said(dam, roles):
    url = dam.url.replace("http://", "https://")
    client = OtmmClient(f"{url}/otmmapi", roles, tokens=None)
    with client, pytest.raises(ServiceRejected, match="no TLS at this address"):
        client.probe()


def test_a_wrong_password_of_the_certificate_is_a_fault_of_the_settings(certificates):
    with pytest.raises(ConfigError, match="DAM_MTLS_CERT_PASSWORD"):
        ClientCertificate(certificates.client_pfx, "wrong")
