"""Every check, one after the other."""

from collections.abc import Iterator
from functools import partial

from prefect.blocks.core import Block

from blocks.bootstrap import block_from, blocks_from
from blocks.box import BoxJwt
from blocks.dam import DamCertificate, DamOAuth2
from blocks.database import PostgresDatabase
from blocks.llamacloud import LlamaCloud
from blocks.mail import MailgunAccount, SmtpServer
from blocks.settings import Settings, missing
from blocks.webhooks import OutgoingWebhooks
from entrypoints.checks.box import check_box
from entrypoints.checks.config_files import check_config_files
from entrypoints.checks.dam import check_dam
from entrypoints.checks.database import check_database
from entrypoints.checks.machine import check_machine
from entrypoints.checks.messages import check_alarm_webhook, check_mailgun, check_smtp, check_webhooks
from entrypoints.checks.prefect_server import check_prefect
from entrypoints.checks.verdict import Found, State, Verdict, attempt


def check_all(settings: Settings) -> Iterator[Verdict]:
    """Yield one verdict per connection, as soon as it is known. Changes nothing anywhere."""
    yield from check_config_files(settings)
    for block in blocks_from(settings):
        yield from _check_block(block, settings)
    yield from check_alarm_webhook(settings)
    yield from _not_described(settings)
    yield from check_machine(settings)
    yield from check_prefect(settings)


def _check_block(block: Block, settings: Settings) -> Iterator[Verdict]:  # noqa: PLR0911  (one for each system)
    match block:
        case PostgresDatabase():
            return check_database(block, settings)
        case DamOAuth2() | DamCertificate():
            return check_dam(block, settings)
        case BoxJwt():
            return check_box(block, block_from(settings, PostgresDatabase), settings)
        case SmtpServer():
            return check_smtp(block, settings)
        case MailgunAccount():
            return check_mailgun(block)
        case OutgoingWebhooks():
            return check_webhooks(block, settings)
        case LlamaCloud():
            source = "LLAMA_CLOUD_API_KEY and LLAMA_CLOUD_BASE_URL"
            return iter([attempt("LlamaCloud", source, partial(_llama_cloud, block, settings))])
    raise TypeError(f"nothing is known about {type(block).__name__}")


def _not_described(settings: Settings) -> Iterator[Verdict]:
    """Yield a verdict on each system that the work needs and the settings do not say a word about."""
    dam = missing(settings, "dam-oauth2") if settings.dam_mtls_base_url is None else []
    others = {"Box": "box", "mail": "mail", "LlamaCloud": "llamacloud"}
    for name, faults in {"DAM": dam, **{name: missing(settings, need) for name, need in others.items()}}.items():
        if faults:
            yield Verdict(name, State.FAILED, "; ".join(faults))


def _llama_cloud(block: LlamaCloud, settings: Settings) -> Found:
    agent = block.get_client(settings).probe()
    return Found(f"signed in; agent {agent} reads scorecards", details={"agent": agent})
