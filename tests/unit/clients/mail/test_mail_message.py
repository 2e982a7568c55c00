from datetime import UTC, datetime
from email import message_from_bytes, policy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clients.mail.message import OutgoingMail, RenderedMail, stable_message_id
from clients.mail.mime import mime_message
from domain.errors import ConfigError

SENT_AT = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)
LINE = st.text(st.characters(exclude_categories=("C", "Z")) | st.just(" ")).map(lambda text: " ".join(text.split()))


def outgoing(subject="Fertig", text="ok\n", html="<p>ok</p>", *, sender="robot@example.com", to=("ana@example.com",)):
    return OutgoingMail(
        message_id=stable_message_id("key-1", sender),
        sender=sender,
        recipients=to,
        rendered=RenderedMail(subject, text, html),
        idempotency_key="key-1",
    )


def wire(mail: OutgoingMail):
    return message_from_bytes(mime_message(mail, sent_at=SENT_AT).as_bytes(), policy=policy.default)


def test_the_same_key_has_the_same_message_id_at_the_senders_domain():
    first = stable_message_id("key-1", "robot@example.com")
    assert first == stable_message_id("key-1", "robot@example.com")
    assert first != stable_message_id("key-2", "robot@example.com")
    assert first.startswith("<")
    assert first.endswith("@example.com>")


def test_a_message_id_survives_the_wire_whole_even_at_a_long_domain():
    sender = f"robot@{'very-long-name.' * 8}example.com"
    assert wire(outgoing(sender=sender))["Message-ID"].strip() == stable_message_id("key-1", sender)


def test_the_headers_say_that_no_person_wrote_it():
    message = wire(outgoing(to=("ana@example.com", "bo@example.com")))
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["X-Auto-Response-Suppress"] == "All"
    assert message["X-Idempotency-Key"] == "key-1"
    assert message["Date"].datetime == SENT_AT
    assert message["To"] == "ana@example.com, bo@example.com"
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]


def test_what_goes_over_the_wire_is_ascii_in_short_lines():
    raw = mime_message(outgoing("Übung " * 60, "größer\n" * 3, "<p>ö</p>" * 500), sent_at=SENT_AT).as_bytes()
    assert raw.isascii()
    assert b"=0D" not in raw
    assert max(map(len, raw.splitlines())) <= 998


@pytest.mark.parametrize("name", ["=?utf-8?q?=FF?=", "=?utf-8?q?caf=C3=A9?=", "=?=?utf-8?b?////?="])
def test_what_looks_like_an_encoded_word_is_carried_as_it_is_written(name):
    assert wire(outgoing(f"❌ {name} Spot.mp4"))["Subject"] == f"❌ {name} Spot.mp4".replace("=?", "= ?")


@given(subject=LINE, body=LINE)
def test_any_subject_and_any_body_arrive_as_they_were_sent(subject, body):
    message = wire(outgoing(subject, f"{body}\n", f"<p>{body}</p>"))
    assert message["Subject"] == subject.replace("=?", "= ?")  # which would begin an encoded word
    plain, html = message.iter_parts()
    assert plain.get_content().rstrip("\r\n") == body
    assert html.get_content().rstrip("\r\n") == f"<p>{body}</p>"


@pytest.mark.parametrize(
    "address", ["", "ana", "Ana <ana@example.com>", "a@example.com,b@example.com", "ä@example.com", "a@example.com\nb"]
)
def test_an_address_that_not_every_server_takes_is_refused_by_name(address):
    with pytest.raises(ConfigError, match="not one bare address") as refusal:
        outgoing(to=("bo@example.com", address))
    assert repr(address) in str(refusal.value)


def test_a_mail_to_nobody_is_refused():
    with pytest.raises(ConfigError, match="has no recipients"):
        outgoing(to=())
