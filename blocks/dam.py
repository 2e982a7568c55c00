"""Credentials of the DAM: OAuth2 client credentials, or a client certificate with or without OAuth2 behind it."""

import ssl
from enum import StrEnum
from pathlib import Path

from prefect.blocks.abstract import CredentialsBlock
from pydantic import Field, SecretStr

from clients.otmm.certificate import ClientCertificate
from clients.otmm.client import OtmmClient
from clients.otmm.tokens import OtdsTokens
from domain.roles import DamRoles


class DamAuth(StrEnum):
    """How a run signs in to the DAM."""

    OAUTH2 = "oauth2"
    MTLS = "mtls"


class DamOAuth2(CredentialsBlock):
    """The DAM by OAuth2 client credentials from OTDS."""

    _block_type_name = "DAM (OAuth2)"
    _block_type_slug = "dam-oauth2"
    _description = "OpenText Media Management by OAuth2 client credentials."

    base_url: str = Field(title="REST address", description="Ends in /otmmapi.")
    auth_url: str = Field(title="Token address", description="OTDS, ends in /otdsws/oauth2/token.")
    client_id: str = Field(title="Client id", description="OAuth2 client that is mapped to a user of the DAM.")
    client_secret: SecretStr = Field(title="Client secret", description="Secret of the OAuth2 client.")
    ca_bundle: Path | None = Field(
        default=None, title="CA certificates", description="PEM file on the worker; empty: the usual authorities."
    )

    def get_client(self, roles: DamRoles) -> OtmmClient:
        """Return a client that signs in with this secret."""
        tokens = OtdsTokens(
            self.auth_url, self.client_id, self.client_secret.get_secret_value(), ca_bundle=self.ca_bundle
        )
        return OtmmClient(self.base_url, roles, tokens=tokens, ca_bundle=self.ca_bundle)


class DamCertificate(CredentialsBlock):
    """The DAM behind a gateway that asks for a client certificate. The key stays in its file on the worker."""

    _block_type_name = "DAM (client certificate)"
    _block_type_slug = "dam-certificate"
    _description = "OpenText Media Management behind a client certificate."

    base_url: str = Field(title="REST address", description="Address of the gateway, ends in /otmmapi.")
    certificate_path: Path = Field(title="Certificate", description="PFX or P12 file on the worker, mode 600.")
    certificate_password: SecretStr = Field(title="Certificate password", description="Password of the PFX.")
    auth_url: str | None = Field(
        default=None, title="Token address", description="OTDS, where OAuth2 is wanted behind the certificate."
    )
    client_id: str | None = Field(default=None, title="Client id", description="OAuth2 client, where used.")
    client_secret: SecretStr | None = Field(default=None, title="Client secret", description="Where OAuth2 is used.")
    ca_bundle: Path | None = Field(
        default=None, title="CA certificates", description="PEM file on the worker; empty: the usual authorities."
    )

    def get_client(self, roles: DamRoles) -> OtmmClient:
        """Return a client that presents this certificate."""
        tls = self.certificate().ssl_context(self.ca_bundle)
        return OtmmClient(self.base_url, roles, tokens=self._tokens(tls), tls=tls, ca_bundle=self.ca_bundle)

    def certificate(self) -> ClientCertificate:
        """Return the certificate, read from its file."""
        return ClientCertificate(self.certificate_path, self.certificate_password.get_secret_value())

    def _tokens(self, tls: ssl.SSLContext) -> OtdsTokens | None:
        if self.auth_url is None or self.client_id is None or self.client_secret is None:
            return None
        secret = self.client_secret.get_secret_value()
        return OtdsTokens(self.auth_url, self.client_id, secret, ca_bundle=self.ca_bundle, tls=tls)
