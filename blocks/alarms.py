"""The two ways in which the Prefect server itself tells people that runs fail or do not end, or that none go through.

Blocks that an automation notifies (`deployments/automations.py`), so this package is installed beside the server. They
send by themselves, and hold all that they need for it: neither the outbox nor a run of a flow could be relied on, since
the database or the worker may be what is broken. The body that they are given is the JSON of `domain.alarms.Alarm`.
"""

import asyncio
from pathlib import Path
from typing import Any

from prefect.blocks.abstract import NotificationBlock
from prefect.settings import get_current_settings
from pydantic import Field, SecretStr, ValidationError

from blocks.alarm_telling import Told, tell
from blocks.mail import MailgunAccount, SmtpServer
from blocks.saved import slug_of
from clients.mail.message import OutgoingMail, stable_message_id
from clients.mail.render import render
from clients.webhook.client import WebhookClient
from clients.webhook.hooks import Hook
from domain.errors import ConfigError

_REASON_SHOWN = 2000
"""Characters of a reason that a message repeats; the run has all of it."""
_PATIENCE_S = 10
"""How long a receiver may take. It holds up what else the Prefect server has to do, so it is less than a run waits."""
_PAYLOAD = (
    *("event", "environment", "flow", "deployment", "run_name", "run_id", "campaigns", "state", "reason", "url"),
    *("timestamp", "times"),
)


class AlarmMail(NotificationBlock):
    """Mails alarms to those who run this system: by Mailgun where its address is set, else by SMTP."""

    _block_type_name = "Alarm by mail"
    _block_type_slug = "alarm-mail"
    _description = "Mail by which the Prefect server tells that runs fail or do not end, or that none go through."

    sender: str = Field(title="Sender", description="From address of the mails.")
    recipients: list[str] = Field(title="Recipients", description="Those of `critical` in recipients.yaml.")
    environment: str = Field(default="staging", title="Environment", description="Shown in the mails.")
    quiet_h: float = Field(default=6, title="Quiet", description="Hours until the same is told again.")
    host: str | None = Field(default=None, title="Host", description="Name of the SMTP server.")
    port: int = Field(default=587, title="Port", description="587 with STARTTLS.")
    username: str | None = Field(default=None, title="User", description="Empty: no sign-in.")
    password: SecretStr | None = Field(default=None, title="Password", description="Of the user.")
    starttls: bool = Field(default=True, title="STARTTLS", description="Encrypt, and verify the server.")
    ca_bundle: Path | None = Field(default=None, title="CA certificates", description="PEM file beside the server.")
    mailgun_url: str | None = Field(default=None, title="Mailgun", description="Address of the domain at Mailgun.")
    mailgun_key: SecretStr | None = Field(default=None, title="Mailgun key", description="Sending key of the domain.")

    async def notify(self, body: str, subject: str | None = None) -> None:
        """Mail what `body` says, unless that was told a while ago. Raises NotificationError, which holds no secret."""
        # In a thread: the server's event loop is not to wait for a mail server.
        await asyncio.to_thread(
            tell, body, slug_of(type(self), self._block_document_name or ""), self.quiet_h, self._send
        )

    def _send(self, told: Told) -> None:
        mail = OutgoingMail(
            message_id=stable_message_id(told.key, self.sender),
            sender=self.sender,
            recipients=self.recipients,
            rendered=render(told.alarm.event, self._facts(told)),
            idempotency_key=told.key,
        )
        self._sender().get_client(timeout_s=_PATIENCE_S).send(mail)

    def _sender(self) -> MailgunAccount | SmtpServer:
        if self.mailgun_url and self.mailgun_key is not None:
            return MailgunAccount(base_url=self.mailgun_url, api_key=self.mailgun_key, sender=self.sender)
        if not self.host:
            raise ConfigError(["SMTP_HOST or MAILGUN_BASE_URL: neither is in the block alarm-mail"])
        names = ("port", "username", "password", "starttls", "ca_bundle", "sender")
        return SmtpServer(host=self.host, **{name: getattr(self, name) for name in names})

    def _facts(self, told: Told) -> dict[str, Any]:
        alarm = told.alarm
        always = {"environment": self.environment, "run_url": alarm.url, "times": told.times, "quiet_h": self.quiet_h}
        if alarm.event == "no_runs":
            return {**always, "minutes": alarm.minutes or 0, "at": alarm.timestamp, "prefect_url": _ui_url()}
        return {
            **always,
            "flow": alarm.flow or "a flow that is gone",
            "deployment": alarm.deployment,
            "run_name": alarm.run_name,
            "campaigns": list(alarm.campaigns),
            "state": alarm.state or "Failed",
            "reason": (alarm.reason or "no reason was given")[:_REASON_SHOWN],
            "at": alarm.timestamp,
        }


class AlarmWebhook(NotificationBlock):
    """Posts alarms as flat JSON, for a chat or an on-call service.

    Keys: event (run_failed, run_long or no_runs), environment, flow, deployment, run_name, run_id, campaigns (list of
    numbers), state, reason, url (of the run), timestamp (ISO 8601), times (how often since it was last told). What an
    alarm is not about is null. The header Idempotency-Key is the same on every try.
    """

    _block_type_name = "Alarm by webhook"
    _block_type_slug = "alarm-webhook"
    _description = "Webhook by which the Prefect server tells that runs fail or do not end, or that none go through."

    url: SecretStr = Field(title="Address", description="Where alarms are posted; often it holds a token.")
    token: SecretStr | None = Field(default=None, title="Token", description="Bearer token, where one is asked for.")
    environment: str = Field(default="staging", title="Environment", description="Sent along.")
    quiet_h: float = Field(default=6, title="Quiet", description="Hours until the same is told again.")

    async def notify(self, body: str, subject: str | None = None) -> None:
        """Post what `body` says, unless that was told a while ago. Raises NotificationError, which holds no secret."""
        await asyncio.to_thread(
            tell, body, slug_of(type(self), self._block_document_name or ""), self.quiet_h, self._send
        )

    def _send(self, told: Told) -> None:
        alarm = told.alarm
        facts = {
            **alarm.model_dump(),
            "environment": self.environment,
            "campaigns": list(alarm.campaigns),
            "reason": alarm.reason[:_REASON_SHOWN] if alarm.reason else None,
            "url": alarm.url or _ui_url(),
            "times": told.times,
        }
        token = self.token.get_secret_value() if self.token is not None else None
        client = WebhookClient(token, variable="ALARM_WEBHOOK_TOKEN")
        client.send(self._hook(), facts, idempotency_key=told.key)

    def _hook(self) -> Hook:
        auth = "bearer" if self.token is not None else "none"
        try:
            url = self.url.get_secret_value()
            return Hook(name="alarm", url=url, auth=auth, timeout_s=_PATIENCE_S, payload=_PAYLOAD)
        except ValidationError as error:
            reason = error.errors()[0]["msg"].removeprefix("Value error, ")
            raise ConfigError([f"ALARM_WEBHOOK_URL: {reason}"]) from None


def _ui_url() -> str | None:
    return get_current_settings().ui_url
