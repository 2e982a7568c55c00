"""The mail sink, through smtplib and through HTTP."""

import smtplib
import ssl
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from email.message import EmailMessage

import pytest
import requests

from sandbox.certificates import Certificates, make_certificates
from sandbox.faults import Fault, Faults
from sandbox.mail import MailSettings, MailState, SmtpServer, create_app
from sandbox.serving import Server


@dataclass
class Sink:
    state: MailState
    smtp: SmtpServer
    smtp_faults: Faults
    page: str
    tls: ssl.SSLContext

    def client(self, *, login: bool = True) -> smtplib.SMTP:
        client = smtplib.SMTP("localhost", self.smtp.port, timeout=10)
        client.starttls(context=self.tls)
        if login:
            client.login(self.state.settings.username, self.state.settings.password)
        return client

    def send(self, message: EmailMessage) -> None:
        with self.client() as client:
            client.send_message(message)


@pytest.fixture(scope="module")
def certificates(tmp_path_factory) -> Certificates:
    return make_certificates(tmp_path_factory.mktemp("certificates"))


@pytest.fixture
def sink(certificates, tmp_path) -> Iterator[Sink]:
    state, faults, smtp_faults = MailState(tmp_path / "mails"), Faults(), Faults()
    smtp = SmtpServer(state, smtp_faults, certificate=certificates.server_cert, key=certificates.server_key)
    tls = ssl.create_default_context(cafile=str(certificates.ca_pem))
    with smtp, Server(create_app(state, faults, smtp_faults), name="mail") as page:
        yield Sink(state, smtp, smtp_faults, page.url, tls)


def message(subject: str = "Grüße aus München") -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "robot@example.com", "pm@example.com", subject
    mail["Message-ID"] = "<1@example.com>"
    mail.set_content("Köln ist fertig.\n")
    mail.add_alternative("<p>Köln ist <b>fertig</b>.</p>", subtype="html")
    return mail


def test_a_mail_is_kept_with_both_bodies_and_as_a_file(sink, tmp_path):
    sink.send(message())
    [mail] = sink.state.mails
    assert (mail.subject, mail.sender, mail.to) == ("Grüße aus München", "robot@example.com", "pm@example.com")
    assert (mail.message_id, mail.recipients, mail.via) == ("<1@example.com>", ("pm@example.com",), "smtp")
    assert mail.text.strip() == "Köln ist fertig."
    assert "<b>fertig</b>" in mail.html
    assert (tmp_path / "mails" / "0001.eml").read_bytes() == mail.raw


def test_sending_needs_starttls(sink):
    with smtplib.SMTP("localhost", sink.smtp.port, timeout=10) as client:
        client.ehlo()
        assert client.docmd("MAIL FROM:<robot@example.com>")[0] == 530


def test_the_certificate_does_not_fit_without_the_sandbox_ca(sink):
    with smtplib.SMTP("localhost", sink.smtp.port, timeout=10) as client, pytest.raises(ssl.SSLError):
        client.starttls(context=ssl.create_default_context())


def test_a_wrong_password_is_refused(sink):
    with sink.client(login=False) as client, pytest.raises(smtplib.SMTPAuthenticationError):
        client.login(sink.state.settings.username, "wrong")
    assert sink.state.mails == []


def test_sending_without_login_is_refused(sink):
    with sink.client(login=False) as client, pytest.raises(smtplib.SMTPSenderRefused) as refused:
        client.send_message(message())
    assert refused.value.smtp_code == 530


@pytest.mark.parametrize("mechanism", ["PLAIN", "LOGIN"])
def test_both_ways_to_log_in_are_known(sink, mechanism):
    with sink.client(login=False) as client:
        client.ehlo()
        assert mechanism in client.esmtp_features["auth"]
        client.user, client.password = sink.state.settings.username, sink.state.settings.password
        method = {"PLAIN": client.auth_plain, "LOGIN": client.auth_login}[mechanism]
        assert client.auth(mechanism, method, initial_response_ok=mechanism == "PLAIN")[0] == 235


@pytest.mark.parametrize("code", [451, 550])
def test_a_recipient_is_refused_on_demand(sink, code):
    sink.smtp_faults.add(Fault("status", method="RCPT", path="pm@", status=code))
    with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
        sink.send(message())
    assert refused.value.recipients["pm@example.com"][0] == code
    sink.send(message())
    assert len(sink.state.mails) == 1


def test_a_mail_is_refused_after_its_content_was_sent(sink):
    sink.smtp_faults.add(Fault("status", method="DATA", status=554))
    with pytest.raises(smtplib.SMTPDataError) as refused:
        sink.send(message())
    assert refused.value.smtp_code == 554
    assert sink.state.mails == []


def test_a_mail_is_kept_although_its_receipt_is_lost(sink):
    sink.smtp_faults.add(Fault("cut", method="DATA"))
    with pytest.raises((smtplib.SMTPServerDisconnected, ConnectionError)):
        sink.send(message())
    assert [mail.message_id for mail in sink.state.mails] == ["<1@example.com>"]
    sink.send(message())
    assert len(sink.state.mails) == 2
    assert len(sink.smtp_faults.writes()) == 2


def test_a_mail_is_held_after_it_was_kept(sink):
    sink.smtp_faults.add(Fault("hang", method="DATA", when="after"))
    with ThreadPoolExecutor(1) as pool:
        sending = pool.submit(sink.send, message())
        assert sink.smtp_faults.wait_for_hang(5).path == "pm@example.com"
        assert len(sink.state.mails) == 1
        sink.smtp_faults.release()
        sending.result(5)


def test_smtp_faults_are_set_over_http(sink):
    rule = {"kind": "status", "method": "RCPT", "status": 550}
    assert requests.post(f"{sink.page}/_sandbox/smtp/faults", json=rule, timeout=5).status_code == 201
    with pytest.raises(smtplib.SMTPRecipientsRefused):
        sink.send(message())


def test_the_page_lists_the_mails_and_shows_each(sink):
    assert "No mail yet" in requests.get(sink.page, timeout=5).text
    sink.send(message("<script>alert(1)</script>"))
    listing = requests.get(sink.page, timeout=5).text
    assert "&lt;script&gt;" in listing
    assert "<script>" not in listing
    shown = requests.get(f"{sink.page}/1", timeout=5)
    assert "<b>fertig</b>" in shown.text
    assert "default-src 'none'" in shown.headers["content-security-policy"]
    assert requests.get(f"{sink.page}/1/text", timeout=5).text.strip() == "Köln ist fertig."
    assert b"Message-ID: <1@example.com>" in requests.get(f"{sink.page}/1/source", timeout=5).content
    assert requests.get(f"{sink.page}/2", timeout=5).status_code == 404
    assert requests.get(f"{sink.page}/_sandbox/state", timeout=5).json()[0]["to"] == "pm@example.com"


def mailgun(sink: Sink, *, key: str | None = None, domain: str | None = None, multipart: bool = False, **parts: str):
    settings = sink.state.settings
    fields = {"from": "robot@example.com", "to": "pm@example.com", "subject": "Grüße", "text": "fertig", **parts}
    url = f"{sink.page}/v3/{domain or settings.mailgun_domain}/messages"
    body = {"files": {name: (None, value) for name, value in fields.items()}} if multipart else {"data": fields}
    return requests.post(url, auth=("api", key or settings.mailgun_key), timeout=5, **body)


@pytest.mark.parametrize("multipart", [False, True])
def test_the_mailgun_api_takes_a_mail(sink, multipart):
    parts = {"h:Message-Id": "<2@example.com>", "h:Auto-Submitted": "auto-generated", "html": "<p>fertig</p>"}
    answer = mailgun(sink, multipart=multipart, **parts)
    assert answer.json() == {"id": "<2@example.com>", "message": "Queued. Thank you."}
    [mail] = sink.state.mails
    assert (mail.subject, mail.message_id, mail.via) == ("Grüße", "<2@example.com>", "mailgun")
    assert mail.headers["Auto-Submitted"] == "auto-generated"
    assert (mail.text.strip(), mail.html.strip()) == ("fertig", "<p>fertig</p>")


def test_the_mailgun_api_refuses_a_wrong_key_an_unknown_domain_and_missing_parts(sink):
    assert mailgun(sink, key="wrong").status_code == 401
    assert mailgun(sink, domain="other.example.com").status_code == 404
    assert mailgun(sink, to="").json() == {"message": "to parameter is missing"}
    assert mailgun(sink, text="", html="").status_code == 200, "an empty body is a body"
    assert len(sink.state.mails) == 1


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
def test_a_sink_without_starttls_can_be_had(certificates):
    state = MailState(settings=MailSettings(require_starttls=False))
    server = SmtpServer(state, Faults(), certificate=certificates.server_cert, key=certificates.server_key)
    with server, smtplib.SMTP("localhost", server.port, timeout=10) as client:
        client.login(state.settings.username, state.settings.password)
        client.send_message(message())
    assert state.wait_for(1)[0].number == 1


def test_a_stopped_sink_leaves_no_thread_even_with_a_session_open(certificates):

    server = SmtpServer(
        MailState(), Faults(), certificate=certificates.server_cert, key=certificates.server_key
    ).start()
    client = smtplib.SMTP("localhost", server.port, timeout=10)
    server.stop()
    client.close()
    assert not [thread for thread in threading.enumerate() if thread.name == "sandbox-smtp"]
