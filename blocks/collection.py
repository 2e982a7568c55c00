"""Every block of ours: Prefect's servers and workers load this as they start, so that they know their types."""

from blocks.alarms import AlarmMail, AlarmWebhook
from blocks.box import BoxJwt
from blocks.dam import DamAuth, DamCertificate, DamOAuth2
from blocks.database import PostgresDatabase
from blocks.llamacloud import LlamaCloud
from blocks.mail import MailgunAccount, SmtpServer
from blocks.webhooks import OutgoingWebhooks

__all__ = [
    "AlarmMail",
    "AlarmWebhook",
    "BoxJwt",
    "DamAuth",
    "DamCertificate",
    "DamOAuth2",
    "LlamaCloud",
    "MailgunAccount",
    "OutgoingWebhooks",
    "PostgresDatabase",
    "SmtpServer",
]
