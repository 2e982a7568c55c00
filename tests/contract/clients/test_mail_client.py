"""Both ways to send mail, against the mail sink: first what they promise alike, then what is their own."""

import socket
import traceback
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import pytest

from clients.mail.mailgun import MailgunMailer
from clients.mail.message import Mailer, OutgoingMail, RenderedMail, stable_message_id
from clients.mail.smtp import SmtpMailer
from domain.errors import ConfigError, ServiceError, ServiceRejected, ServiceUnavailable
from sandbox.certificates import Certificates, make_certificates
from sandbox.faults import Fault, Faults
from sandbox.mail import MailSettings, MailState, SmtpServer, create_app
from sandbox.serving import Server

SENDER = "robot@example.com"
MAIL = OutgoingMail(
    message_id=stable_message_id("key-1", SENDER),
    sender=SENDER,
    recipients=("ana@example.com", "bo@example.com"),
    rendered=RenderedMail(
        "✅ Frühjahr & Größe: 10 masters → Box", "Köln ist fertig.\n.\nEnde\n", "<p>Köln ist fertig.</p>\n"
    ),
    idempotency_key="key-1",
)


@dataclass
class Sink:
    """The mail sink seen through one of the two ways in."""

    via: str
    state: MailState
    faults: Faults
    mailer: Mailer
    last_method: str
    """What `faults` calls the moment at which the mail is handed over."""


@pytest.fixture(scope="module")
def certificates(tmp_path_factory) -> Certificates:
    return make_certificates(tmp_path_factory.mktemp("certificates"))


@pytest.fixture
def smtp(certificates) -> Iterator[Sink]:
    state, faults = MailState(), Faults()
    settings = state.settings
    with SmtpServer(state, faults, certificate=certificates.server_cert, key=certificates.server_key) as server:
        mailer = SmtpMailer(
            "localhost",
            server.port,
            settings.username,
            settings.password,
            ca_bundle=certificates.ca_pem,
            timeout_s=10,
        )
        yield Sink("smtp", state, faults, mailer, "DATA")


@pytest.fixture
def mailgun() -> Iterator[Sink]:
    state, faults = MailState(), Faults()
    with Server(create_app(state, faults), name="mail") as server:
        base = f"{server.url}/v3/{state.settings.mailgun_domain}"
        yield Sink("mailgun", state, faults, MailgunMailer(base, state.settings.mailgun_key), "POST")


@pytest.fixture(params=["smtp", "mailgun"])
def sink(request) -> Sink:
    found: Sink = request.getfixturevalue(request.param)
    return found


def refused(mailer: Mailer, mail: OutgoingMail = MAIL) -> ServiceError:
    """Return the error of a mail that is not taken, having checked that it can be shown to anybody."""
    with pytest.raises(ServiceError) as refusal:
        mailer.send(mail)
    error = refusal.value
    assert error.service == "mail"
    assert mail.rendered.subject in str(error)
    for secret in (MailSettings().password, MailSettings().mailgun_key, "hunter2"):
        assert secret not in "".join(traceback.format_exception(error)) + repr(mailer)
    return error


class TestEveryMailer:
    def test_a_mail_arrives_whole_at_every_recipient(self, sink):
        sink.mailer.send(MAIL)
        [mail] = sink.state.mails
        assert mail.via == sink.via
        assert mail.recipients == tuple(MAIL.recipients)
        assert (mail.subject, mail.sender) == (MAIL.rendered.subject, SENDER)
        assert mail.text.splitlines() == MAIL.rendered.text.splitlines()
        assert mail.html.splitlines() == MAIL.rendered.html.splitlines()

    def test_a_mail_says_that_no_person_wrote_it(self, sink):
        sink.mailer.send(MAIL)
        headers = {name.lower(): value for name, value in sink.state.mails[0].headers.items()}
        assert headers["auto-submitted"] == "auto-generated"
        assert headers["x-auto-response-suppress"] == "All"
        assert headers["x-idempotency-key"] == "key-1"

    def test_a_mail_sent_again_carries_the_same_message_id(self, sink):
        sink.mailer.send(MAIL)
        sink.mailer.send(MAIL)
        assert [mail.message_id for mail in sink.state.mails] == [MAIL.message_id] * 2

    def test_an_answer_cut_off_after_the_mail_was_taken_is_tried_again_under_the_same_message_id(self, sink):
        sink.faults.add(Fault("cut", method=sink.last_method))
        assert isinstance(refused(sink.mailer), ServiceUnavailable)
        sink.mailer.send(MAIL)
        assert [mail.message_id for mail in sink.state.mails] == [MAIL.message_id] * 2

    def test_a_server_that_is_busy_is_tried_again(self, sink):
        sink.faults.add(Fault("status", method=sink.last_method, status=451 if sink.via == "smtp" else 503))
        assert isinstance(refused(sink.mailer), ServiceUnavailable)
        assert sink.state.mails == []

    def test_a_mail_the_server_will_never_take_is_final(self, sink):
        sink.faults.add(
            Fault("status", method=sink.last_method, status=554 if sink.via == "smtp" else 400, body="spam")
        )
        error = refused(sink.mailer)
        assert isinstance(error, ServiceRejected)
        assert "spam" in str(error)

    def test_a_server_that_does_not_answer_is_given_up_in_time(self, sink):
        name = "timeout_s" if sink.via == "smtp" else "read_timeout_s"
        sink.faults.add(Fault("hang", method=sink.last_method))
        assert isinstance(refused(replace(sink.mailer, **{name: 0.3})), ServiceUnavailable)
        sink.faults.release()

    def test_a_server_that_is_not_there_is_tried_again(self, sink):
        with socket.create_server(("127.0.0.1", 0)) as listener:
            port = listener.getsockname()[1]
        if sink.via == "smtp":
            gone: Mailer = replace(sink.mailer, host="127.0.0.1", port=port)
        else:
            gone = replace(sink.mailer, base_url=f"http://127.0.0.1:{port}/v3/x")
        assert isinstance(refused(gone), ServiceUnavailable)

    def test_a_wrong_secret_is_final_and_names_the_setting(self, sink):
        name, setting = ("password", "SMTP_USERNAME") if sink.via == "smtp" else ("api_key", "MAILGUN_API_KEY")
        error = refused(replace(sink.mailer, **{name: "hunter2"}))
        assert isinstance(error, ServiceRejected)
        assert setting in str(error)
        assert sink.state.mails == []

    def test_threads_may_share_a_mailer(self, sink):
        mails = [replace(MAIL, message_id=f"<{number}@example.com>") for number in range(12)]
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(sink.mailer.send, mails))
        assert {mail.message_id for mail in sink.state.mails} == {mail.message_id for mail in mails}


@pytest.mark.parametrize(("code", "kind"), [(451, ServiceUnavailable), (550, ServiceRejected)])
def test_one_refused_recipient_means_that_nobody_gets_the_mail_twice(smtp, code, kind):
    smtp.faults.add(Fault("status", method="RCPT", path="bo@example.com", status=code, body="no such user"))
    error = refused(smtp.mailer)
    assert isinstance(error, kind)
    assert f"bo@example.com ({code} no such user); nobody received it" in str(error)
    assert smtp.state.mails == []
    smtp.mailer.send(MAIL)
    assert len(smtp.state.mails) == 1


def test_a_refused_sender_is_named(smtp):
    smtp.faults.add(Fault("status", method="MAIL", status=550))
    assert f"from {SENDER} (550" in str(refused(smtp.mailer))


def test_a_server_with_a_certificate_of_an_unknown_ca_gets_neither_password_nor_mail(smtp):
    error = refused(replace(smtp.mailer, ca_bundle=None))
    assert isinstance(error, ServiceRejected)
    assert "SMTP_CA_BUNDLE" in str(error)
    assert smtp.faults.requests == []


def test_a_server_under_another_name_than_its_certificate_says_gets_nothing_either(smtp):
    error = refused(replace(smtp.mailer, host="127.1"))  # another spelling of 127.0.0.1, which the certificate lacks
    assert isinstance(error, ServiceRejected)
    assert smtp.faults.requests == []


def test_a_server_without_starttls_gets_neither_password_nor_mail(smtp):
    with socket.create_server(("127.0.0.1", 0)) as listener, ThreadPoolExecutor(1) as pool:
        said = pool.submit(_greet_without_starttls, listener)
        error = refused(replace(smtp.mailer, port=listener.getsockname()[1], host="127.0.0.1"))
        assert [line.split()[0] for line in said.result(10).splitlines()] == [b"ehlo"]
    assert isinstance(error, ServiceRejected)
    assert "STARTTLS" in str(error)


def test_a_server_that_hangs_up_instead_of_saying_goodbye_has_still_taken_the_mail():
    with socket.create_server(("127.0.0.1", 0)) as listener, ThreadPoolExecutor(1) as pool:
        said = pool.submit(_take_and_hang_up, listener)
        SmtpMailer("127.0.0.1", listener.getsockname()[1], starttls=False).send(MAIL)
        assert said.result(10).endswith(b"quit\r\n")


def _take_and_hang_up(listener: socket.socket) -> bytes:
    """Take one mail, break the connection at QUIT, and return all that the client said."""
    connection, _ = listener.accept()
    said, in_data = b"", False
    with connection, connection.makefile("rb") as lines:
        connection.sendall(b"220 old.example.com\r\n")
        for line in lines:
            said += line
            if line == b"quit\r\n":
                break
            if in_data and line != b".\r\n":
                continue
            in_data = line == b"data\r\n"
            connection.sendall(b"354 go on\r\n" if in_data else b"250 ok\r\n")
    return said


def _greet_without_starttls(listener: socket.socket) -> bytes:
    """Speak SMTP as an old server does, and return all that the client said."""
    connection, _ = listener.accept()
    said = b""
    with connection:
        connection.sendall(b"220 old.example.com\r\n")
        while chunk := connection.recv(4096):
            said += chunk
            connection.sendall(b"250-old.example.com\r\n250 AUTH PLAIN\r\n")
    return said


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
def test_a_relay_is_used_without_encryption_only_where_that_is_set(certificates):
    state = MailState()
    state.settings.require_starttls = False
    with SmtpServer(state, Faults(), certificate=certificates.server_cert, key=certificates.server_key) as server:
        mailer = SmtpMailer("127.0.0.1", server.port, "sandbox", state.settings.password, starttls=False)
        mailer.send(MAIL)
    assert len(state.mails) == 1


@pytest.mark.parametrize("content", [None, "not a certificate"])
def test_a_ca_file_that_cannot_be_used_is_a_wrong_setting(smtp, tmp_path, content):
    path = tmp_path / "ca.pem"
    if content is not None:
        path.write_text(content)
    with pytest.raises(ConfigError, match="SMTP_CA_BUNDLE"):
        replace(smtp.mailer, ca_bundle=path).send(MAIL)


@pytest.mark.parametrize(("asked", "wait"), [("30", 30), ("86400", 3600), ("soon", None)])
def test_mailgun_says_how_long_to_wait(mailgun, asked, wait):
    mailgun.faults.add(Fault("status", status=429, retry_after=asked))
    error = refused(mailgun.mailer)
    assert isinstance(error, ServiceUnavailable)
    assert error.retry_after_s == wait


def test_a_domain_that_mailgun_does_not_know_points_at_the_setting(mailgun):
    error = refused(replace(mailgun.mailer, base_url=f"{mailgun.mailer.base_url}.other"))
    assert isinstance(error, ServiceRejected)
    assert "MAILGUN_BASE_URL" in str(error)


def test_the_key_goes_neither_to_a_proxy_of_the_environment_nor_is_it_replaced_by_a_netrc(
    mailgun, tmp_path, monkeypatch
):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login other password hunter2\n")
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    mailgun.mailer.send(MAIL)
    assert len(mailgun.state.mails) == 1
