"""Fills the Prefect blocks from the environment; what the environment does not say is left as it is in Prefect."""

from collections.abc import Iterator

from prefect.blocks.core import Block
from pydantic import SecretStr

from blocks.box import BoxJwt
from blocks.dam import DamCertificate, DamOAuth2
from blocks.database import PostgresDatabase
from blocks.llamacloud import LlamaCloud
from blocks.mail import MailgunAccount, SmtpServer
from blocks.settings import Settings
from blocks.webhooks import OutgoingWebhooks


def save_blocks(settings: Settings) -> list[str]:
    """Save a block for each system that the settings describe; return their slugs. Needs the Prefect API."""
    saved = []
    for block in blocks_from(settings):
        block.save(settings.block_name, overwrite=True)
        saved.append(f"{block.get_block_type_slug()}/{settings.block_name}")
    return saved


def blocks_from(settings: Settings) -> Iterator[Block]:
    """Yield a block for each system that the settings describe."""
    yield PostgresDatabase(url=settings.database_url, data_dir=settings.data_dir.absolute())
    yield from _dam(settings)
    if settings.box_jwt_config_path is not None:
        path = settings.box_jwt_config_path.absolute()
        yield BoxJwt(config_path=path, api_url=settings.box_api_url, upload_url=settings.box_upload_url)
    yield from _mail(settings)
    yield OutgoingWebhooks(
        campaign_status_url=settings.webhook_campaign_status_url,
        asset_upload_url=settings.webhook_asset_upload_url,
        token=settings.webhook_token,
    )
    if settings.llama_cloud_api_key is not None:
        yield LlamaCloud(api_key=settings.llama_cloud_api_key, base_url=settings.llama_cloud_base_url)


def _dam(settings: Settings) -> Iterator[Block]:
    oauth2 = (settings.dam_base_url, settings.dam_auth_url, settings.dam_client_id, settings.dam_client_secret)
    if all(oauth2):
        yield DamOAuth2(
            base_url=settings.dam_base_url or "",
            auth_url=settings.dam_auth_url or "",
            client_id=settings.dam_client_id or "",
            client_secret=settings.dam_client_secret or SecretStr(""),
            ca_bundle=settings.dam_ca_bundle,
        )
    if settings.dam_mtls_base_url is not None and settings.dam_mtls_cert_path is not None:
        yield DamCertificate(
            base_url=settings.dam_mtls_base_url,
            certificate_path=settings.dam_mtls_cert_path.absolute(),
            certificate_password=settings.dam_mtls_cert_password or SecretStr(""),
            auth_url=settings.dam_mtls_auth_url,
            client_id=settings.dam_client_id,
            client_secret=settings.dam_client_secret,
            ca_bundle=settings.dam_ca_bundle,
        )


def _mail(settings: Settings) -> Iterator[Block]:
    sender = settings.mail_sender
    if sender is None:
        return
    if settings.mailgun_base_url is not None and settings.mailgun_api_key is not None:
        yield MailgunAccount(base_url=settings.mailgun_base_url, api_key=settings.mailgun_api_key, sender=sender)
    if settings.smtp_host is not None:
        yield SmtpServer(
            host=settings.smtp_host,
            port=settings.smtp_port,
            username=settings.smtp_username,
            password=settings.smtp_password,
            starttls=settings.smtp_starttls,
            ca_bundle=settings.smtp_ca_bundle,
            sender=sender,
        )
