"""Mail servers and webhook receivers in trouble: campaigns move all the same, and no message is lost or told twice."""

from collections.abc import Callable

import pytest

from sandbox.faults import Fault
from tests.acceptance.campaigns import asset, campaign, seed
from tests.acceptance.world import World

MOVED = "C000000901 Campaign 901: 1 master delivered to Box (A1 → A2)"


@pytest.fixture
def world(make_world: Callable[..., World]) -> World:
    """A world with one campaign of one master."""
    return make_world(seed(campaign("C000000901", asset("Key Visual.png"))))


def make_due(world: World) -> None:
    """Let every message that waits be due now."""
    world.sql("UPDATE outbox SET next_attempt_at = now() WHERE state = 'pending'")


def states(world: World) -> list[tuple[str, ...]]:
    """Template and state of each message in the outbox."""
    return world.sql("SELECT template, state FROM outbox ORDER BY id")


def test_what_nobody_takes_is_sent_later_by_itself(world: World) -> None:
    for channel in ("mail", "webhook"):
        statement = "INSERT INTO outbox (key, channel, template, payload) VALUES (%s, %s, 'none', '{}')"
        world.sql(statement, f"defect/{channel}", channel)
    world.twin.faults["smtp"].add(Fault("status", method="MAIL", status=451))
    world.twin.faults["hooks"].add(Fault("status", status=500, times=None))
    report = world.run()
    assert (report["state"], world.status()) == ("Completed", {"C000000901": "A2"})
    assert (world.mails(), world.twin.hooks.deliveries) == ([], [])

    world.run("deliver-messages")
    assert world.mails() == [], "it waits before it tries again"
    world.twin.faults["hooks"].clear()
    make_due(world)
    assert world.run("deliver-messages")["state"] == "Completed"
    make_due(world)
    world.run("deliver-messages")
    assert world.mails() == [MOVED]
    assert len(world.twin.hooks.deliveries) == 1
    assert states(world) == [
        ("none", "pending"),
        ("none", "pending"),
        ("campaign_status_update", "sent"),
        ("a1_to_a2_complete", "sent"),
    ]


@pytest.mark.sweep
def test_messages_whose_receipt_was_lost_come_again_under_the_same_name(world: World) -> None:
    world.twin.faults["smtp"].add(Fault("cut", method="DATA"))
    world.twin.faults["hooks"].add(Fault("cut"))
    world.run()
    make_due(world)
    world.run("deliver-messages")
    assert len(world.twin.mail.mails) == 2
    assert world.mails() == [MOVED], "a mail program shows the two as one"
    assert [delivery.duplicate_of for delivery in world.twin.hooks.deliveries] == [None, 1]


@pytest.mark.sweep
def test_messages_that_nobody_takes_for_days_are_given_up_and_reported_once(world: World) -> None:
    world.twin.settings.hooks.token = "changed"
    world.twin.faults["smtp"].add(Fault("status", method="RCPT", path="project-managers", status=550, times=None))
    assert world.run()["state"] == "Completed"
    world.sql("UPDATE outbox SET created_at = created_at - interval '73 hours'")
    make_due(world)
    report = world.run("deliver-messages")
    assert (report["state"], report["headline"]) == ("Partial", "2 messages parked")
    assert "correct WEBHOOK_TOKEN" in report["parked"][0]
    (mail,) = world.twin.mail.mails
    assert "2 messages could not be delivered and were given up" in mail.subject
    assert mail.recipients == ("operations@example.com",)

    report = world.run("deliver-messages")
    assert (report["state"], len(world.twin.mail.mails)) == ("Completed", 1)
    assert states(world) == [
        ("campaign_status_update", "parked"),
        ("a1_to_a2_complete", "parked"),
        ("messages_parked", "sent"),
    ]
