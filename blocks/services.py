"""The ready clients of one run, made from the blocks saved in Prefect, opened and closed together."""

import os
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from functools import cached_property

from blocks.backups import BackupPlace, backup_place
from blocks.box import BoxJwt
from blocks.config_files import load_codes, load_hooks, load_recipients, load_roles
from blocks.dam import DamAuth, DamCertificate, DamOAuth2
from blocks.database import PostgresDatabase
from blocks.field_rules import load_field_rules
from blocks.llamacloud import LlamaCloud
from blocks.mail import MailgunAccount, SmtpServer
from blocks.saved import AnyBlock, SavedBlocks
from blocks.settings import Settings, load_settings
from blocks.watching import watch_run
from blocks.webhooks import OutgoingWebhooks
from clients.box.client import BoxClient
from clients.creativex import ScoreExtractor
from clients.mail.message import Mailer
from clients.mail.recipients import Recipients
from clients.otmm.client import OtmmClient
from clients.relay.buffers import BufferBudget
from clients.webhook.client import WebhookClient
from clients.webhook.hooks import Webhooks
from clients.workspace import Workspace
from db.engine import Store
from db.governor import Limit, RateGovernor
from db.journal import DatabaseJournal
from db.leases import LeaseKeeper
from domain.codes import Codes
from domain.errors import ConfigError
from domain.fields import FieldRules
from domain.roles import DamRoles

_MEGABYTE = 1024 * 1024


class Services:
    """What a run works with. Clients are made when first asked for, so that a run needs only the blocks it uses."""

    def __init__(self, settings: Settings, dam_auth: DamAuth = DamAuth.OAUTH2) -> None:
        self.settings = settings
        self.dam_auth = dam_auth
        self.opened_at = datetime.now(UTC)
        self._open = ExitStack()
        self._saved = SavedBlocks(settings.block_name)

    @cached_property
    def roles(self) -> DamRoles:
        """Which field of the DAM plays which role."""
        return load_roles(self.settings.config_dir)

    @cached_property
    def codes(self) -> Codes:
        """The codes that file names are made of."""
        return load_codes(self.settings.config_dir)

    @cached_property
    def field_rules(self) -> FieldRules:
        """Which metadata a derivative gets."""
        return load_field_rules(self.settings.config_dir)

    @cached_property
    def recipients(self) -> Recipients:
        """Who is told what."""
        return load_recipients(self.settings.config_dir)

    @cached_property
    def store(self) -> Store:
        """The project's database."""
        store = self._database.get_client(pool_size=self.settings.assets_in_parallel + 4)
        self._open.callback(store.close)
        return store

    @cached_property
    def leases(self) -> LeaseKeeper:
        """The leases this run holds, renewed on a connection of their own."""
        holder = f"{socket.gethostname()}/{os.getpid()}"
        keeper = LeaseKeeper(self.store.url, holder, ttl_s=self.settings.lease_s)
        self._open.callback(keeper.close)
        return keeper

    @cached_property
    def dam(self) -> OtmmClient:
        """The DAM, signed in the way the run asks for."""
        if self.dam_auth is DamAuth.MTLS:
            dam = self._load(DamCertificate).get_client(self.roles)
        else:
            dam = self._load(DamOAuth2).get_client(self.roles)
        self._open.callback(dam.close)
        return dam

    @cached_property
    def box(self) -> BoxClient:
        """Box, behind the rate limit that all processes share."""
        block = self._load(BoxJwt)
        box = block.get_client(self._governor(block.user()))
        self._open.callback(box.close)
        return box

    @cached_property
    def journal(self) -> DatabaseJournal:
        """Where unfinished uploads are kept."""
        return DatabaseJournal(self.store)

    @cached_property
    def buffers(self) -> BufferBudget:
        """Memory for the parts of all uploads together."""
        return BufferBudget(self.settings.buffer_budget_mb * _MEGABYTE)

    @cached_property
    def workspace(self) -> Workspace:
        """Private folders for files under way to the DAM."""
        workspace = Workspace(self.settings.work_folder.absolute(), self.settings.work_budget_mb * _MEGABYTE)
        return self._open.enter_context(workspace)

    @cached_property
    def extractor(self) -> ScoreExtractor:
        """What reads scorecards; nothing is asked of it yet."""
        return self._load(LlamaCloud).get_client(self.settings)

    @cached_property
    def mail(self) -> tuple[Mailer, str]:
        """The mailer and the sender's address: Mailgun where its block is saved, else SMTP."""
        block = self._saved.find(MailgunAccount) or self._load(SmtpServer)
        return block.get_client(), block.sender

    @cached_property
    def backups(self) -> BackupPlace:
        """The database as what is backed up, whatever its schema, and the folder of its backups."""
        return backup_place(self.settings, self._database)

    @cached_property
    def hooks(self) -> Webhooks:
        """The outgoing webhooks."""
        return load_hooks(self.settings.config_dir, self._webhooks.addresses())

    @cached_property
    def webhooks(self) -> WebhookClient:
        """The client that posts them."""
        return self._webhooks.get_client()

    def close(self) -> None:
        """Give every lease back and close every connection."""
        self._open.close()

    @cached_property
    def _database(self) -> PostgresDatabase:
        return self._load(PostgresDatabase)

    @cached_property
    def _webhooks(self) -> OutgoingWebhooks:
        return self._load(OutgoingWebhooks)

    def _governor(self, user: str) -> RateGovernor:
        settings = self.settings
        return RateGovernor(
            self.store,
            user,
            calls=Limit.of(settings.box_calls_per_second),
            uploads=Limit.of(settings.box_uploads_per_second),
        )

    def open(self, *needs: str) -> None:
        """Make the clients named, or raise ConfigError with the faults of all of them.

        Called before work is spread over threads, so that each client is made once.
        """
        faults: list[str] = []
        for need in needs:
            try:
                getattr(self, need)
            except ConfigError as error:
                faults += error.faults
        if faults:
            raise ConfigError(list(dict.fromkeys(faults)))

    def _load(self, block: type[AnyBlock]) -> AnyBlock:
        return self._saved.load(block)


DELIVERY = ("roles", "recipients", "store", "leases", "dam", "box", "journal", "buffers", "mail", "hooks", "webhooks")
"""What a delivery works with."""

INTAKE = (
    *("roles", "codes", "field_rules", "recipients", "store", "leases", "dam", "box", "workspace"),
    *("mail", "hooks", "webhooks"),
)
"""What bringing derivatives home works with."""

SCORES = (
    *("codes", "recipients", "store", "leases", "box", "workspace", "extractor"),
    *("mail", "hooks", "webhooks"),
)
"""What reading scorecards works with."""

LIVE = ("roles", "recipients", "store", "leases", "dam", "mail", "hooks", "webhooks")
"""What watching where campaigns stand works with."""

OPERATION = ("roles", "store", "leases", "dam")
"""What moving campaigns by hand works with."""

MESSAGES = ("recipients", "store", "leases", "mail", "hooks", "webhooks")
"""What the outbox works with."""

BACKUPS = ("backups",)
"""What making and checking backups works with."""


@contextmanager
def open_services(*needs: str, dam_auth: DamAuth = DamAuth.OAUTH2) -> Iterator[Services]:
    """Give the clients of one run, all of `needs` made and checked, and close them afterwards."""
    settings = load_settings()
    watch_run(settings)
    services = Services(settings, dam_auth)
    try:
        services.open(*needs)
        yield services
    finally:
        services.close()
