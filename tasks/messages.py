"""Delivers what waits in the outbox: mails by the mailer, webhooks by HTTP, each until it is sent or parked."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from prefect import task
from prefect.cache_policies import NO_CACHE
from prefect.logging import get_run_logger
from sqlalchemy.orm import Session

from blocks.services import Services
from clients.logs import about
from clients.mail.message import OutgoingMail, stable_message_id
from clients.mail.recipients import Recipients
from clients.mail.render import render
from db.leases import Lease, check_fence
from db.models import OutboxMessage
from db.repositories.outbox import (
    claim_due,
    enqueue,
    mark_failed,
    mark_sent,
    mark_told,
    mark_unwanted,
    parked_untold,
    take_back,
)
from db.repositories.stays import note_announced, note_unannounced
from domain.errors import ContentScalingError, LeaseLost, RecipientDeferred, ServiceUnavailable
from domain.report import Failure
from tasks.message_facts import about_run

_PARKED = "messages_parked"
_BATCH = 20


@task(cache_policy=NO_CACHE, task_run_name="deliver-messages")
def deliver_messages(services: Services) -> list[str]:
    """Send every message that is due; return one line for each that was given up on."""
    lines: list[str] = []
    with services.leases.holding("outbox") as lease:
        if lease is None:
            get_run_logger().info("another run is delivering the messages")
            return lines
        round_ = Round(services)
        try:
            while batch := _due(services, lease):
                _deliver(batch, round_, services, lease)
                lines += _report_parked(services)
        except LeaseLost:
            get_run_logger().warning("another run has taken over delivering the messages, and sends the rest")
    return lines


def _deliver(batch: Sequence[OutboxMessage], round_: "Round", services: Services, lease: Lease) -> None:
    for message in batch:
        if not services.leases.holds(lease):
            raise LeaseLost
        with about(message.campaign_number):
            round_.deliver(message)


class Round:
    """One round of deliveries. A receiver that does not answer is asked once: the others are not to wait for it."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._silent: dict[str, ServiceUnavailable] = {}

    def deliver(self, message: OutboxMessage) -> None:
        """Send a message, and write down that it is sent, or why not and when to try again."""
        now = datetime.now(UTC)
        try:
            is_out = self._send(message)
        except Exception as error:  # of whatever kind: the messages behind it are not to suffer
            self._failed(message, error, now)
            return
        with self._services.store.transaction() as session:
            if is_out:
                mark_sent(session, message.id, now)
                note_announced(session, message.key, now)
            elif note_unannounced(session, message.key):
                take_back(session, message.id)  # the stay is announced once its hook is on again
            else:
                mark_unwanted(session, message.id, f"the hook {message.template} is off", now)
        what = "sent" if is_out else "not sent, the hook is off"
        get_run_logger().info("%s %s: %s", message.channel, message.key, what)

    def _failed(self, message: OutboxMessage, error: Exception, now: datetime) -> None:
        reason, is_defect = Failure.of(error).reason, not isinstance(error, ContentScalingError)
        get_run_logger().warning(
            "%s %s: %s", message.channel, message.key, reason, exc_info=error if is_defect else None
        )
        # A refusal waits like any other failure, as ServiceRejected advises: what is refused is how this
        # installation is set up (sign-in, addresses, recipients), which is read anew for each try. Parked at once,
        # each message of a weekend with an expired password would need an operator; so they go once it is mended.
        with self._services.store.transaction() as session:
            mark_failed(session, message.id, reason, now)

    def _send(self, message: OutboxMessage) -> bool:
        receiver = message.template if message.channel == "webhook" else message.channel
        if receiver in self._silent:
            raise self._silent[receiver]
        try:
            return _send(message, self._services)
        except RecipientDeferred:  # one full mailbox is not to hold up the mails of all the others
            raise
        except ServiceUnavailable as error:
            self._silent[receiver] = error
            raise


def _due(services: Services, lease: Lease) -> list[OutboxMessage]:
    # Claimed for no time at all: the lease keeps others away, and unlike a claim it ends when its holder is killed.
    with services.store.transaction() as session:
        check_fence(session, lease)
        return claim_due(session, now=datetime.now(UTC), limit=_BATCH, claim_s=0)


def _send(message: OutboxMessage, services: Services) -> bool:
    """Send a message; False, and nothing sent, where its hook is off."""
    if message.channel == "webhook":
        hook = services.hooks.named(message.template)
        if hook.is_on:
            services.webhooks.send(hook, message.payload, idempotency_key=message.key)
        return hook.is_on
    mailer, sender = services.mail
    recipients = services.recipients.of(message.audience or "critical")
    mail = OutgoingMail(
        message_id=stable_message_id(message.key, sender),
        sender=sender,
        recipients=recipients,
        rendered=render(message.template, message.payload),
        idempotency_key=message.key,
    )
    mailer.send(mail)
    return True


def _report_parked(services: Services) -> list[str]:
    with services.store.transaction() as session:
        parked = tell_of_parked(session, services.recipients, about_run(services), datetime.now(UTC))
    return [f"{message.channel} {message.key}: {message.last_error}" for message in parked]


def tell_of_parked(
    session: Session, recipients: Recipients, run: Mapping[str, Any], now: datetime
) -> list[OutboxMessage]:
    """Queue one mail, to those who run this system, about the messages given up since the last one; return those."""
    parked = parked_untold(session)
    mark_told(session, [message.id for message in parked], now)
    told = [message for message in parked if message.template != _PARKED]  # else its loss would be told for ever
    if told:
        payload = {**run, "messages": [_facts(message, recipients) for message in told]}
        # With the moment: one that an operator had sent again, and that is given up again, is to be told again.
        key = f"parked/{told[0].id}-{told[-1].id}/{now.isoformat()}"
        enqueue(session, key=key, channel="mail", template=_PARKED, audience="critical", payload=payload)
    return parked


def _facts(message: OutboxMessage, recipients: Recipients) -> dict[str, Any]:
    people = recipients.of(message.audience) if message.audience is not None else ()
    return {
        "number": message.id,
        "name": message.template,
        "channel": message.channel,
        "to": ", ".join(people) or message.template,
        "campaign_number": message.campaign_number,
        "created_at": message.created_at.isoformat(),
        "attempts": message.attempts,
        "reason": message.last_error,
    }
