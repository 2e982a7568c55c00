"""The alarms of the Prefect server, against the mail sink and the webhook sink."""

import asyncio
import json
import socket
import time
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from prefect.blocks.abstract import NotificationBlock, NotificationError
from prefect.settings import PREFECT_HOME, PREFECT_UI_URL, temporary_settings
from pydantic import SecretStr

from blocks import alarm_telling, alarms
from blocks.alarms import AlarmMail, AlarmWebhook
from sandbox.certificates import Certificates, make_certificates
from sandbox.faults import Fault, Faults
from sandbox.hooks import HookState
from sandbox.hooks import create_app as hooks_app
from sandbox.mail import MailState, SmtpServer
from sandbox.mail import create_app as mail_app
from sandbox.serving import Server

FAILED = {
    "event": "run_failed",
    "flow": "a1-to-a2",
    "deployment": "a1-to-a2",
    "run_name": "a1-to-a2 C000000078",
    "run_id": "7f1f0a9e-0000-4000-8000-000000000001",
    "tags": ["C000000078", "content-scaling", "delivery"],
    "campaign": "C000000079",
    "state": "Failed",
    "reason": "the DAM did not answer after 3 tries",
    "url": "https://prefect.example.com/runs/flow-run/7f1f0a9e",
    "timestamp": "2026-03-09T14:05:00+00:00",
}
NO_RUNS = {
    "event": "no_runs",
    "minutes": 30,
    "reason": "no run has gone through for 30 minutes",
    "timestamp": "2026-03-09T14:05:00Z",
}
SECRETS = ("sandbox-mail", "sandbox-mailgun", "sandbox-hooks", "s3cr3t")


@dataclass
class Way:
    """One way to be told, with what arrived by it."""

    block: NotificationBlock
    faults: Faults
    subjects: Callable[[], list[str]]
    """What arrived: the subjects of mails, or the reasons of webhooks."""

    def notify(self, **changes: Any) -> None:
        asyncio.run(self.block.notify(json.dumps(FAILED | changes), "subject"))

    def refused(self, **changes: Any) -> str:
        """Return the error of an alarm that nobody takes, having checked that it can be shown to anybody."""
        with pytest.raises(NotificationError) as refusal:
            self.notify(**changes)
        whole = "".join(traceback.format_exception(refusal.value)) + refusal.value.log
        assert not [secret for secret in SECRETS if secret in whole]
        return refusal.value.log

    def quiet_for(self, hours: float) -> None:
        self.block = self.block.model_copy(update={"quiet_h": hours})


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A home of the Prefect server of its own, and no waiting between the tries."""
    monkeypatch.setattr(alarm_telling, "_WAITS_S", (0.0, 0.0))
    with temporary_settings({PREFECT_HOME: tmp_path}):
        yield tmp_path


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return make_certificates(tmp_path_factory.mktemp("certificates"))


@pytest.fixture
def smtp(certificates: Certificates) -> Iterator[Way]:
    state, faults = MailState(), Faults()
    with SmtpServer(state, faults, certificate=certificates.server_cert, key=certificates.server_key) as server:
        block = AlarmMail(
            sender="robot@example.com",
            recipients=["ops@example.com"],
            host="localhost",
            port=server.port,
            username=state.settings.username,
            password=SecretStr(state.settings.password),
            ca_bundle=certificates.ca_pem,
        )
        yield Way(block, faults, lambda: [mail.subject for mail in state.mails])


@pytest.fixture
def mailgun() -> Iterator[Way]:
    state, faults = MailState(), Faults()
    with Server(mail_app(state, faults), name="mail") as server:
        block = AlarmMail(
            sender="robot@example.com",
            recipients=["ops@example.com"],
            host="localhost",
            port=9,
            mailgun_url=f"{server.url}/v3/{state.settings.mailgun_domain}",
            mailgun_key=SecretStr(state.settings.mailgun_key),
        )
        yield Way(block, faults, lambda: [mail.subject for mail in state.mails])


@pytest.fixture
def hooks() -> HookState:
    return HookState()


@pytest.fixture
def webhook(hooks: HookState) -> Iterator[Way]:
    faults = Faults()
    with Server(hooks_app(hooks, faults), name="hooks") as server:
        url = SecretStr(f"{server.url}/hooks/s3cr3t-path?key=s3cr3t-key")
        block = AlarmWebhook(url=url, token=SecretStr(hooks.settings.token or ""))
        yield Way(block, faults, lambda: [delivery.body["reason"] for delivery in hooks.deliveries])


@pytest.fixture(params=["smtp", "mailgun", "webhook"])
def way(request: pytest.FixtureRequest) -> Way:
    found: Way = request.getfixturevalue(request.param)
    return found


class TestEveryWay:
    def test_the_same_fact_is_told_once_and_again_after_a_while_with_how_often_it_was_so(self, way: Way):
        for number in range(4):
            way.notify(reason=f"the DAM did not answer after {number} tries", run_id=str(number))
        assert len(way.subjects()) == 1
        way.quiet_for(0)
        way.notify()
        assert len(way.subjects()) == 2

    @pytest.mark.parametrize("change", [{"flow": "b1-to-b2"}, {"state": "Crashed"}, {"reason": "Box is full"}])
    def test_another_flow_state_or_reason_is_told_beside(self, way: Way, change: dict[str, str]):
        way.notify()
        way.notify(**change)
        assert len(way.subjects()) == 2

    def test_two_that_fail_at_once_are_told_once(self, way: Way):
        async def fail() -> None:
            await asyncio.gather(*(way.block.notify(json.dumps(FAILED)) for _ in range(4)))

        asyncio.run(fail())
        assert len(way.subjects()) == 1

    def test_a_receiver_that_stumbles_is_tried_again_at_once(self, way: Way):
        way.faults.add(Fault("status", status=451 if is_smtp(way) else 503, times=2))
        way.notify()
        assert len(way.subjects()) == 1

    def test_an_alarm_that_nobody_took_is_told_when_the_next_run_fails(self, way: Way):
        way.faults.add(Fault("status", status=451 if is_smtp(way) else 503, times=3))
        way.refused()
        assert way.subjects() == []
        way.notify()
        assert len(way.subjects()) == 1

    def test_a_way_that_has_just_failed_is_tried_once_until_it_works_again(self, way: Way):
        way.faults.add(Fault("status", status=451 if is_smtp(way) else 503, times=4))
        way.refused()
        way.refused(flow="b1-to-b2")
        assert len(way.faults.requests) == 4, "three tries of the first alarm, and one of the second"
        way.notify()
        way.faults.add(Fault("status", status=451 if is_smtp(way) else 503, times=2))
        way.notify(flow="b1-to-b2")
        assert len(way.subjects()) == 2

    def test_a_way_that_failed_a_while_ago_is_given_its_tries_again(self, way: Way, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setattr(alarm_telling, "_RECENT_S", 0.0)
        way.faults.add(Fault("status", status=451 if is_smtp(way) else 503, times=5))
        way.refused()
        way.notify()
        assert len(way.subjects()) == 1

    def test_a_receiver_that_hangs_is_given_up_soon(self, way: Way, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setattr(alarms, "_PATIENCE_S", 0.2)
        way.faults.add(Fault("hang", times=3))
        began = time.monotonic()
        assert "did not answer in time" in way.refused()
        assert time.monotonic() - began < 9
        way.faults.release()

    def test_a_receiver_that_says_no_is_an_error_without_secrets(self, way: Way):
        way.faults.add(Fault("status", status=550 if is_smtp(way) else 400))
        way.refused()
        assert way.subjects() == []

    def test_a_body_that_is_no_alarm_is_refused_without_being_repeated(self, way: Way):
        with pytest.raises(NotificationError, match="not the JSON of an alarm") as refusal:
            asyncio.run(way.block.notify("Flow s3cr3t failed"))
        assert "s3cr3t" not in refusal.value.log
        assert "event" in way.refused(event="else")


def is_smtp(way: Way) -> bool:
    return isinstance(way.block, AlarmMail) and way.block.mailgun_url is None


def test_a_mail_says_flow_campaigns_reason_and_link_to_those_who_run_the_system(smtp: Way):
    smtp.notify()
    assert smtp.subjects() == ["[staging] ❌ a1-to-a2 (C000000078, C000000079): run failed"]


def test_a_mail_says_how_often_it_was_so(smtp: Way):
    for _ in range(3):
        smtp.notify()
    smtp.quiet_for(0)
    smtp.notify()
    assert smtp.subjects()[1].endswith("run failed, 3 times")


def test_that_nothing_runs_is_mailed(smtp: Way):
    asyncio.run(smtp.block.notify(json.dumps(NO_RUNS)))
    assert smtp.subjects() == ["[staging] ❌ No run has gone through for 30 minutes"]


def test_a_run_that_does_not_end_is_told_apart_from_one_that_fails(smtp: Way):
    smtp.notify()
    smtp.notify(event="run_long", state="Running", reason="it has been going on for more than 6 hours")
    assert smtp.subjects()[1:] == ["[staging] 🟠 a1-to-a2 (C000000078, C000000079): a run goes on for long"]


def test_a_run_of_which_prefect_knows_nothing_any_more_is_mailed(smtp: Way):
    bare = {"event": "run_failed", "timestamp": FAILED["timestamp"], "tags": None, "flow": None}
    asyncio.run(smtp.block.notify(json.dumps(bare)))
    assert smtp.subjects() == ["[staging] ❌ a flow that is gone: run failed"]


def test_a_mail_without_a_server_names_the_settings(smtp: Way):
    smtp.block = smtp.block.model_copy(update={"host": None})
    assert "SMTP_HOST or MAILGUN_BASE_URL" in smtp.refused()


def test_a_webhook_is_flat_json_with_everything_that_is_known(webhook: Way, hooks: HookState):
    webhook.notify()
    [delivery] = hooks.deliveries
    assert delivery.body == {
        **{name: value for name, value in FAILED.items() if name not in {"tags", "campaign"}},
        "environment": "staging",
        "campaigns": ["C000000078", "C000000079"],
        "times": 1,
    }


def test_what_a_webhook_is_not_about_is_null(webhook: Way, hooks: HookState):
    with temporary_settings({PREFECT_UI_URL: "https://prefect.example.com"}):
        asyncio.run(webhook.block.notify(json.dumps(NO_RUNS)))
    [delivery] = hooks.deliveries
    assert delivery.body == {
        **dict.fromkeys(("flow", "deployment", "run_name", "run_id", "state")),
        "url": "https://prefect.example.com",
        "event": "no_runs",
        "environment": "staging",
        "campaigns": [],
        "reason": NO_RUNS["reason"],
        "timestamp": NO_RUNS["timestamp"],
        "times": 1,
    }


def test_a_webhook_whose_answer_is_lost_comes_again_under_the_same_key(webhook: Way, hooks: HookState):
    webhook.faults.add(Fault("cut"))
    webhook.notify()
    assert [delivery.duplicate_of for delivery in hooks.deliveries] == [None, 1]


def test_a_wrong_token_names_its_setting(webhook: Way):
    webhook.block = webhook.block.model_copy(update={"token": SecretStr("s3cr3t")})
    assert "ALARM_WEBHOOK_TOKEN" in webhook.refused()


def test_a_receiver_that_is_not_there_is_an_error_without_its_address(webhook: Way):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    webhook.block = webhook.block.model_copy(update={"url": SecretStr(f"http://127.0.0.1:{port}/s3cr3t")})
    assert "could not be reached" in webhook.refused()


@pytest.mark.parametrize("url", ["ftp://example.com/s3cr3t", "https://user:s3cr3t@example.com/"])
def test_an_address_that_no_webhook_can_have_names_its_setting(webhook: Way, url: str):
    webhook.block = webhook.block.model_copy(update={"url": SecretStr(url)})
    assert webhook.refused().startswith("- ALARM_WEBHOOK_URL: must")
