"""One round of the outbox against the mail sink and the webhook sink: no message holds up the others."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from prefect.logging import disable_run_logger
from sqlalchemy import select, text

from blocks.services import Services
from blocks.settings import Settings
from clients.mail.message import OutgoingMail
from clients.mail.recipients import Recipients
from clients.mail.smtp import SmtpMailer
from clients.webhook.client import WebhookClient
from clients.webhook.hooks import Webhooks
from db.engine import Store
from db.leases import LeaseKeeper
from db.models import OutboxMessage
from db.repositories.outbox import enqueue
from sandbox.certificates import Certificates, make_certificates
from sandbox.faults import Fault, Faults
from sandbox.mail import MailState, SmtpServer
from tasks import messages
from tasks.messages import deliver_messages

AUDIENCES = ("success", "errors", "critical", "report")
RECIPIENTS = Recipients.model_validate({name: [f"{name}@example.com"] for name in AUDIENCES})
SENDER = "robot@example.com"
HOOK = {"name": "campaign_live", "payload": ["number"]}


@dataclass
class Post:
    """The outbox of a run, with the mail sink behind it."""

    services: Services
    mailer: SmtpMailer
    mails: MailState
    faults: Faults

    def mail(self, key: str, audience: str = "errors", *, name: str = "Spot.mp4") -> None:
        """Queue a mail about a file that could not be uploaded."""
        facts = {"file": {"name": name, "path": None, "tracking_id": None, "size_bytes": None, "box_url": None}}
        why = {"reason": "it is damaged", "advice": "Export it once more.", "will_retry": False, "campaign": None}
        payload = {"environment": "staging", "run_url": None, **facts, **why}
        self._queue(key, channel="mail", template="upload_failed", audience=audience, payload=payload)

    def webhook(self, key: str, hook: str = "campaign_live") -> None:
        """Queue a webhook."""
        self._queue(key, channel="webhook", template=hook, audience=None, payload={"number": "C000000078"})

    def deliver(self) -> list[str]:
        """Send what is due; return what was given up."""
        with disable_run_logger():
            return deliver_messages.fn(self.services)

    def states(self) -> dict[str, tuple[str, str | None]]:
        """State and last error of each message, by its key."""
        with self.services.store.transaction() as session:
            rows = session.scalars(select(OutboxMessage).order_by(OutboxMessage.id))
            return {row.key: (row.state, row.last_error) for row in rows}

    def told(self) -> list[tuple[str, ...]]:
        """To whom each mail went."""
        return [mail.recipients for mail in self.mails.mails]

    def hook(self, url: str) -> None:
        """Have the webhook go to that address."""
        self.services.hooks = Webhooks.model_validate({"hooks": [HOOK | {"url": url}]})

    def _queue(self, key: str, **message: Any) -> None:
        with self.services.store.transaction() as session:
            enqueue(session, key=key, **message)


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return make_certificates(tmp_path_factory.mktemp("certificates"))


@pytest.fixture
def post(store: Store, certificates: Certificates, tmp_path: Path) -> Iterator[Post]:
    """An outbox whose mail server takes everything, and whose webhook is off."""
    state, faults = MailState(), Faults()
    services = Services(Settings(_env_file=None, config_dir=tmp_path))
    services.store, services.recipients = store, RECIPIENTS
    services.leases = LeaseKeeper(store.url, "test")
    services.hooks, services.webhooks = Webhooks.model_validate({"hooks": [HOOK]}), WebhookClient()
    with SmtpServer(state, faults, certificate=certificates.server_cert, key=certificates.server_key) as server:
        signed_in = (state.settings.username, state.settings.password)
        mailer = SmtpMailer("localhost", server.port, *signed_in, ca_bundle=certificates.ca_pem, timeout_s=10)
        services.mail = (mailer, SENDER)
        yield Post(services, mailer, state, faults)
    services.leases.close()


class Breaks:
    """A mailer with a defect that shows at one audience."""

    def __init__(self, behind: SmtpMailer) -> None:
        self._behind = behind

    def send(self, mail: OutgoingMail) -> None:
        if mail.recipients == ("critical@example.com",):
            raise RuntimeError("a defect")
        self._behind.send(mail)


def test_a_message_at_which_something_unforeseen_breaks_waits_and_the_younger_ones_go_out(post: Post):
    post.services.mail = Breaks(post.mailer), SENDER
    post.mail("breaks", "critical")
    post.mail("younger")
    assert post.deliver() == []
    assert post.states() == {"breaks": ("pending", "unexpected RuntimeError"), "younger": ("sent", None)}
    assert post.told() == [("errors@example.com",)]


def test_a_file_name_that_looks_like_an_encoded_word_is_told_of(post: Post):
    post.mail("odd", name="=?utf-8?q?=FF?= Spot.mp4")
    post.deliver()
    assert post.states() == {"odd": ("sent", None)}
    assert "= ?utf-8?q?=FF?= Spot.mp4" in post.mails.mails[0].subject


def test_a_host_and_an_address_that_can_be_none_are_named_as_reasons(post: Post):
    post.services.mail = replace(post.mailer, host="smtp..example.com"), SENDER
    post.hook("https://hooks..example.com/s3cr3t")
    post.mail("mail")
    post.webhook("webhook")
    post.deliver()
    states = post.states()
    assert "correct SMTP_HOST" in str(states["mail"][1])
    assert "cannot be addressed" in str(states["webhook"][1])
    assert "s3cr3t" not in str(states)


def test_a_full_mailbox_holds_up_no_mail_of_others(post: Post):
    post.faults.add(Fault("status", method="RCPT", path="errors@example.com", status=452, times=None))
    post.mail("full")
    post.mail("other", "success")
    post.deliver()
    states = post.states()
    assert states["full"][0] == "pending"
    assert "errors@example.com (452" in str(states["full"][1])
    assert states["other"] == ("sent", None)


def test_a_mail_server_that_is_away_is_asked_once_a_round(post: Post):
    post.faults.add(Fault("status", method="MAIL", status=451, times=1))
    post.mail("first")
    post.mail("second", "success")
    post.deliver()
    assert {state for state, _ in post.states().values()} == {"pending"}
    assert [seen.method for seen in post.faults.requests] == ["MAIL"]


@dataclass
class Overtaken:
    """A mailer that is so slow that meanwhile another run takes the outbox over."""

    behind: SmtpMailer
    ours: LeaseKeeper
    store: Store
    is_noticed: bool

    def send(self, mail: OutgoingMail) -> None:
        self.behind.send(mail)
        with self.store.transaction() as session:
            session.execute(text("UPDATE leases SET token = nextval('lease_tokens') WHERE key = 'outbox'"))
        if self.is_noticed:
            self.ours.renew()


@pytest.mark.parametrize(("batch", "is_noticed"), [(20, True), (1, False)])
def test_a_sender_that_was_overtaken_leaves_the_rest_to_the_other(
    post: Post, monkeypatch: pytest.MonkeyPatch, batch: int, is_noticed: bool
):
    monkeypatch.setattr(messages, "_BATCH", batch)
    services = post.services
    services.mail = Overtaken(post.mailer, services.leases, services.store, is_noticed), SENDER
    for key in ("first", "second", "third"):
        post.mail(key)
    assert post.deliver() == []
    assert [state for state, _ in post.states().values()] == ["sent", "pending", "pending"]
    assert len(post.told()) == 1


def test_a_webhook_whose_hook_is_off_is_dropped_and_not_noted_as_sent(post: Post):
    post.webhook("off")
    post.deliver()
    assert post.states() == {"off": ("dropped", "the hook campaign_live is off")}
