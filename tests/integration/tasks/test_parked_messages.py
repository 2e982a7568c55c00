"""Messages that were given up: those who run the system are told of each time once, with the command that helps."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from clients.mail.recipients import Recipients
from clients.mail.render import render
from db.models import OutboxMessage
from db.repositories.outbox import enqueue, mark_failed, requeue
from tasks.messages import tell_of_parked

NOW = datetime.now(UTC)
AUDIENCES = ("success", "errors", "critical", "report")
RECIPIENTS = Recipients.model_validate({name: [f"{name}@example.com"] for name in AUDIENCES})
ABOUT = {"environment": "staging", "run_url": None}


def give_up(session: Session, template: str = "a1_to_a2_complete") -> int:
    """Park a mail, as after days of failures; return its number."""
    enqueue(session, key=f"fact/{template}", channel="mail", template=template, audience="success", payload={})
    found = session.scalars(select(OutboxMessage.id).where(OutboxMessage.template == template)).one()
    assert mark_failed(session, found, "refused", NOW + timedelta(days=4)) == "parked"
    return found


def tell(session: Session, *, later: float = 0) -> list[OutboxMessage]:
    """Tell of what was given up, so many seconds later."""
    return tell_of_parked(session, RECIPIENTS, ABOUT, NOW + timedelta(seconds=later))


def mails(session: Session) -> list[OutboxMessage]:
    """Return the mails about messages given up, oldest first."""
    wanted = select(OutboxMessage).where(OutboxMessage.template == "messages_parked")
    return list(session.scalars(wanted.order_by(OutboxMessage.id)))


def test_the_mail_names_the_message_by_its_number_and_the_command_that_sends_it_again(session: Session):
    number = give_up(session)
    assert [message.id for message in tell(session)] == [number]
    (mail,) = mails(session)
    assert mail.audience == "critical"
    text = render(mail.template, mail.payload).text
    assert f"a1_to_a2_complete (number {number})\n  By mail to success@example.com" in text
    assert "content-scaling messages send --all-parked" in text


def test_what_was_given_up_is_told_once(session: Session):
    give_up(session)
    tell(session)
    assert tell(session, later=1) == []
    assert len(mails(session)) == 1


def test_what_is_given_up_again_after_it_was_sent_again_is_told_again(session: Session):
    number = give_up(session)
    tell(session)
    requeue(session, [number])
    mark_failed(session, number, "refused", NOW + timedelta(days=8))
    tell(session, later=1)
    assert len(mails(session)) == 2


def test_a_lost_mail_about_lost_messages_is_not_told(session: Session):
    number = give_up(session, "messages_parked")
    assert [message.id for message in tell(session)] == [number]
    assert len(mails(session)) == 1
