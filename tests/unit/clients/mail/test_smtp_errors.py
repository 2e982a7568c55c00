import inspect
import smtplib
import socket
import ssl

import pytest

from clients.mail.smtp import SmtpMailer
from clients.mail.smtp_errors import as_service_error
from domain.errors import ConfigError, RecipientDeferred, ServiceRejected, ServiceUnavailable

ERRORS = {
    smtplib.SMTPException: smtplib.SMTPException("no suitable sign-in"),
    smtplib.SMTPNotSupportedError: smtplib.SMTPNotSupportedError("STARTTLS"),
    smtplib.SMTPServerDisconnected: smtplib.SMTPServerDisconnected("gone"),
    smtplib.SMTPResponseException: smtplib.SMTPResponseException(554, b"no"),
    smtplib.SMTPSenderRefused: smtplib.SMTPSenderRefused(550, b"no", "robot@example.com"),
    smtplib.SMTPRecipientsRefused: smtplib.SMTPRecipientsRefused({"ana@example.com": (550, b"no")}),
    smtplib.SMTPDataError: smtplib.SMTPDataError(554, b"no"),
    smtplib.SMTPConnectError: smtplib.SMTPConnectError(421, b"busy"),
    smtplib.SMTPHeloError: smtplib.SMTPHeloError(550, b"no"),
    smtplib.SMTPAuthenticationError: smtplib.SMTPAuthenticationError(535, b"no"),
}


def mapped(error):
    return as_service_error(error, label="mail 'Done'", server="mail.example.com:587")


def test_every_error_of_smtplib_is_mapped():
    known = {e for _, e in inspect.getmembers(smtplib, inspect.isclass) if issubclass(e, smtplib.SMTPException)}
    assert known == ERRORS.keys()
    for error in ERRORS.values():
        found = mapped(error)
        assert isinstance(found, ServiceRejected | ServiceUnavailable)
        assert found.service == "mail"
        assert str(found).startswith("mail 'Done': mail.example.com:587 ")


@pytest.mark.parametrize("code", [-1, 421, 450, 451, 452])
def test_4xx_and_unreadable_replies_are_tried_again(code):
    assert isinstance(mapped(smtplib.SMTPDataError(code, b"later")), ServiceUnavailable)


@pytest.mark.parametrize("code", [500, 550, 552, 554])
def test_5xx_is_final(code):
    found = mapped(smtplib.SMTPDataError(code, b"never"))
    assert isinstance(found, ServiceRejected)
    assert found.code == str(code)
    assert "never" in str(found)


@pytest.mark.parametrize(
    "error",
    [TimeoutError(), ConnectionRefusedError(111, "refused"), socket.gaierror(-2, "unknown name"), ssl.SSLError("eof")],
)
def test_a_server_out_of_reach_is_tried_again(error):
    assert isinstance(mapped(error), ServiceUnavailable)


def test_a_refused_sign_in_names_the_variable_but_repeats_nothing_of_it():
    found = mapped(smtplib.SMTPAuthenticationError(535, b"cannot take 'AUTH PLAIN c2VjcmV0'"))
    assert isinstance(found, ServiceRejected)
    assert "SMTP_USERNAME" in str(found)
    assert "c2VjcmV0" not in str(found)


def test_a_sign_in_that_cannot_be_checked_now_is_tried_again():
    assert isinstance(mapped(smtplib.SMTPAuthenticationError(454, b"later")), ServiceUnavailable)


def test_recipients_who_are_all_deferred_are_tried_again_and_one_final_refusal_is_final():
    deferred = {"ana@example.com": (451, b"greylisted"), "bo@example.com": (450, b"busy")}
    assert isinstance(mapped(smtplib.SMTPRecipientsRefused(deferred)), RecipientDeferred)
    found = mapped(smtplib.SMTPRecipientsRefused(deferred | {"cy@example.com": (550, b"unknown")}))
    assert isinstance(found, ServiceRejected)
    assert all(address in str(found) for address in ("ana@", "bo@", "cy@example.com (550 unknown)"))


def test_a_long_reply_is_cut():
    assert len(str(mapped(smtplib.SMTPDataError(554, b"x" * 5000)))) < 300


def test_the_password_is_not_in_the_repr():
    assert "hunter2" not in repr(SmtpMailer("mail.example.com", 587, "robot", "hunter2"))


@pytest.mark.parametrize(("username", "password"), [("robot", None), ("robot", "pässwort")])
def test_a_sign_in_that_cannot_work_is_refused_before_anything_is_sent(username, password):
    with pytest.raises(ConfigError, match="SMTP_PASSWORD") as refusal:
        SmtpMailer("mail.example.com", 587, username, password)
    assert "pässwort" not in str(refusal.value)
