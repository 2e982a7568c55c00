"""Fills the Prefect blocks from the environment; what the environment does not say is left as it is in Prefect."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from prefect.blocks.core import Block
from pydantic import SecretStr

from blocks.alarms import AlarmMail, AlarmWebhook
from blocks.box import BoxJwt
from blocks.config_files import load_recipients
from blocks.dam import DamAuth, DamCertificate, DamOAuth2
from blocks.database import PostgresDatabase
from blocks.llamacloud import LlamaCloud
from blocks.mail import MailgunAccount, SmtpServer
from blocks.saved import AnyBlock, SavedBlocks, slug_of
from blocks.settings import Settings
from blocks.webhooks import OutgoingWebhooks

_CLASSES: tuple[type[Block], ...] = (
    PostgresDatabase,
    DamOAuth2,
    DamCertificate,
    BoxJwt,
    MailgunAccount,
    SmtpServer,
    OutgoingWebhooks,
    LlamaCloud,
    AlarmMail,
    AlarmWebhook,
)


def save_blocks(settings: Settings, *, exact: bool = False) -> list[str]:
    """Save a block for each system that the settings describe; return their slugs. Needs the Prefect API.

    `exact` also deletes the blocks of systems that they do not describe.
    """
    name = settings.block_name
    saved = SavedBlocks(name)
    described = [block for block in _all_from(settings) if exact or not _left_as_it_is(block, saved)]
    for block in described:
        block.save(name, overwrite=True)
    if exact:
        for kind in set(_CLASSES) - {type(block) for block in described}:
            if saved.find(kind) is not None:
                kind.delete(name)
    return [slug_of(type(block), name) for block in described]


def differing_blocks(settings: Settings) -> list[str]:
    """Return the slugs of the blocks that `save_blocks` would change. Needs the Prefect API.

    That they differ may be meant: blocks are edited in the UI too, and runs use what is saved.
    """
    return [slug for slug, names in block_differences(settings).items() if names]


def block_differences(settings: Settings) -> dict[str, list[str]]:
    """Return, by the slug of each block that the settings describe, the fields that `save_blocks` would change.

    All fields of a block that is not there. Without their values, which may be secret. Needs the Prefect API.
    """
    saved = SavedBlocks(settings.block_name)
    return {slug_of(type(block), settings.block_name): _differing(block, saved) for block in _all_from(settings)}


def left_blocks(settings: Settings) -> list[str]:
    """Return the slugs of saved blocks on which the settings are silent, and which are used all the same.

    What was taken out of `.env` stays in force: `save_blocks` leaves it, as it may have been entered in the UI. Needs
    the Prefect API.
    """
    saved = SavedBlocks(settings.block_name)
    described = {type(block) for block in _all_from(settings) if not _left_as_it_is(block, saved)}
    silent = ((kind, saved.find(kind)) for kind in _CLASSES if kind not in described)
    return [
        slug_of(kind, settings.block_name) for kind, found in silent if found is not None and _says_something(found)
    ]


def database_in_use(settings: Settings) -> PostgresDatabase:
    """Return the block of the database as it is once `save_blocks` was called. Needs the Prefect API."""
    saved, described = SavedBlocks(settings.block_name), block_from(settings, PostgresDatabase)
    found = saved.find(PostgresDatabase) if _left_as_it_is(described, saved) else None
    return found or described


def block_from(settings: Settings, kind: type[AnyBlock]) -> AnyBlock:
    """Return the block of a system that the settings must describe; Prefect need not run for this."""
    return next(block for block in blocks_from(settings) if isinstance(block, kind))


def dam_block(settings: Settings, sign_in: str) -> DamOAuth2 | DamCertificate:
    """Return the block of the DAM, for signing in by `oauth2` or `mtls`."""
    if sign_in == DamAuth.MTLS:
        return block_from(settings, DamCertificate)
    return block_from(settings, DamOAuth2)


def blocks_from(settings: Settings) -> Iterator[Block]:
    """Yield a block for each system that the settings describe."""
    yield PostgresDatabase(url=settings.database_url, data_dir=settings.data_dir.absolute())
    yield from _dam(settings)
    if settings.box_jwt_config_path is not None:
        path = settings.box_jwt_config_path.absolute()
        yield BoxJwt(config_path=path, api_url=settings.box_api_url, upload_url=settings.box_upload_url)
    yield from _mail(settings)
    yield OutgoingWebhooks(
        campaign_status_url=_secret(settings.webhook_campaign_status_url),
        asset_upload_url=_secret(settings.webhook_asset_upload_url),
        token=settings.webhook_token,
    )
    if settings.llama_cloud_api_key is not None:
        yield LlamaCloud(api_key=settings.llama_cloud_api_key, base_url=settings.llama_cloud_base_url)


def alarms_from(settings: Settings) -> Iterator[AlarmMail | AlarmWebhook]:
    """Yield a block for each way in which the settings let the Prefect server tell people of trouble.

    Raises ConfigError where recipients.yaml cannot be used.
    """
    always: dict[str, Any] = {"environment": settings.env, "quiet_h": settings.alarm_quiet_h}
    by_mailgun = settings.mailgun_base_url is not None and settings.mailgun_api_key is not None
    if settings.mail_sender is not None and (by_mailgun or settings.smtp_host is not None):
        yield AlarmMail(
            sender=settings.mail_sender,
            recipients=list(load_recipients(settings.config_dir).critical),
            **_smtp(settings),
            mailgun_url=settings.mailgun_base_url,
            mailgun_key=settings.mailgun_api_key,
            **always,
        )
    if settings.alarm_webhook_url is not None:
        url = SecretStr(settings.alarm_webhook_url)
        yield AlarmWebhook(url=url, token=settings.alarm_webhook_token, **always)


def _all_from(settings: Settings) -> Iterator[Block]:
    yield from blocks_from(settings)
    yield from alarms_from(settings)


def _dam(settings: Settings) -> Iterator[Block]:
    oauth2 = (settings.dam_base_url, settings.dam_auth_url, settings.dam_client_id, settings.dam_client_secret)
    if all(oauth2):
        yield DamOAuth2(
            base_url=settings.dam_base_url or "",
            auth_url=settings.dam_auth_url or "",
            client_id=settings.dam_client_id or "",
            client_secret=settings.dam_client_secret or SecretStr(""),
            ca_bundle=_absolute(settings.dam_ca_bundle),
        )
    if settings.dam_mtls_base_url is not None and settings.dam_mtls_cert_path is not None:
        yield DamCertificate(
            base_url=settings.dam_mtls_base_url,
            certificate_path=settings.dam_mtls_cert_path.absolute(),
            certificate_password=settings.dam_mtls_cert_password or SecretStr(""),
            auth_url=settings.dam_mtls_auth_url,
            client_id=settings.dam_client_id,
            client_secret=settings.dam_client_secret,
            ca_bundle=_absolute(settings.dam_ca_bundle),
        )


def _mail(settings: Settings) -> Iterator[Block]:
    sender = settings.mail_sender
    if sender is None:
        return
    if settings.mailgun_base_url is not None and settings.mailgun_api_key is not None:
        yield MailgunAccount(base_url=settings.mailgun_base_url, api_key=settings.mailgun_api_key, sender=sender)
    if settings.smtp_host is not None:
        yield SmtpServer(sender=sender, **_smtp(settings))


def _smtp(settings: Settings) -> dict[str, Any]:
    return {
        "host": settings.smtp_host,
        "port": settings.smtp_port,
        "username": settings.smtp_username,
        "password": settings.smtp_password,
        "starttls": settings.smtp_starttls,
        "ca_bundle": _absolute(settings.smtp_ca_bundle),
    }


def _differing(block: Block, saved: SavedBlocks) -> list[str]:
    found = saved.find(type(block))
    if found is None:
        return list(type(block).model_fields)
    before = _values(found)
    return (
        []
        if _left_as_it_is(block, saved)
        else [name for name, value in _values(block).items() if before[name] != value]
    )


def _left_as_it_is(block: Block, saved: SavedBlocks) -> bool:
    """Tell whether the settings are silent on a system that needs none, and that is described in Prefect."""
    if isinstance(block, PostgresDatabase) and block.url is None:
        found = saved.find(PostgresDatabase)
        return found is not None and found.url is not None
    if isinstance(block, OutgoingWebhooks) and not any(_values(block).values()):
        return saved.find(OutgoingWebhooks) is not None
    return False


def _says_something(block: Block) -> bool:
    """Tell whether it is more than the block of webhooks that is saved where there are none."""
    return not isinstance(block, OutgoingWebhooks) or any(_values(block).values())


def _values(block: Block) -> dict[str, object]:
    return {name: getattr(block, name) for name in type(block).model_fields}


def _secret(text: str | None) -> SecretStr | None:
    return SecretStr(text) if text is not None else None


def _absolute(path: Path | None) -> Path | None:
    return path.absolute() if path is not None else None  # a worker runs flows in a folder of its own
