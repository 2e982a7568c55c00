"""Credentials of the two ways to send mail: an SMTP server, or Mailgun's HTTP API."""

from pathlib import Path

from prefect.blocks.abstract import CredentialsBlock
from pydantic import Field, SecretStr

from clients.mail.mailgun import MailgunMailer
from clients.mail.smtp import SmtpMailer


class SmtpServer(CredentialsBlock):
    """A mail server."""

    _block_type_name = "Mail server (SMTP)"
    _block_type_slug = "smtp-server"
    _description = "SMTP server that sends the project's mails."

    host: str = Field(title="Host", description="Name of the server.")
    port: int = Field(default=587, title="Port", description="587 with STARTTLS.")
    username: str | None = Field(default=None, title="User", description="Empty: no sign-in.")
    password: SecretStr | None = Field(default=None, title="Password", description="Of the user.")
    starttls: bool = Field(default=True, title="STARTTLS", description="Encrypt, and verify the server.")
    ca_bundle: Path | None = Field(default=None, title="CA certificates", description="PEM file on the worker.")
    sender: str = Field(title="Sender", description="From address of every mail.")

    def get_client(self, *, timeout_s: float = 30) -> SmtpMailer:
        """Return a mailer that waits so long for the server, at each exchange."""
        password = self.password.get_secret_value() if self.password is not None else None
        return SmtpMailer(
            self.host,
            self.port,
            self.username,
            password,
            starttls=self.starttls,
            ca_bundle=self.ca_bundle,
            timeout_s=timeout_s,
        )


class MailgunAccount(CredentialsBlock):
    """A Mailgun domain."""

    _block_type_name = "Mail by Mailgun"
    _block_type_slug = "mailgun-account"
    _description = "Mailgun HTTP API that sends the project's mails."

    base_url: str = Field(title="Address", description="Address of the domain, such as https://api.example.com/v3/mg.")
    api_key: SecretStr = Field(title="API key", description="Sending key of the domain.")
    sender: str = Field(title="Sender", description="From address of every mail.")

    def get_client(self, *, timeout_s: float = 30) -> MailgunMailer:
        """Return a mailer that waits so long for an answer."""
        return MailgunMailer(self.base_url, self.api_key.get_secret_value(), read_timeout_s=timeout_s)
