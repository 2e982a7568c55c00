"""`content-scaling messages`, as a person and as a program use it."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update
from typer.testing import CliRunner, Result

from db.engine import Store
from db.models import OutboxMessage
from db.repositories.events import events_of_campaign
from db.repositories.outbox import claim_due, enqueue, mark_failed, mark_sent
from entrypoints.cli import app

NOW = datetime.now(UTC)
SECRET = "https://hooks.example.com/only-we-know"
RECIPIENTS = "".join(f"{name}: [{name}@example.com]\n" for name in ("success", "errors", "critical", "report"))


@pytest.fixture(autouse=True)
def installation(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Settings that name the test's database; no Prefect, no mail server and no receiver can be reached."""
    (tmp_path / "recipients.yaml").write_text(RECIPIENTS)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ENV_FILE", raising=False)
    settings = {"DATABASE_URL": store.url, "CONFIG_DIR": str(tmp_path), "WEBHOOK_CAMPAIGN_STATUS_URL": SECRET}
    for name, value in settings.items():
        monkeypatch.setenv(name, value)


class Post:
    """Puts messages into the outbox, in each state that there is."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def waits(self, template: str, **facts: Any) -> int:
        """Queue a message, a mail to the project managers where nothing else is said; return its number."""
        message = {"channel": "mail", "audience": "success", "payload": {}, "key": f"fact/{template}"} | facts
        with self._store.transaction() as session:
            enqueue(session, template=template, **message)
            return session.scalars(select(OutboxMessage.id).where(OutboxMessage.template == template)).one()

    def failed(self, template: str, error: str, **facts: Any) -> int:
        """Let a message have been tried once, in vain."""
        return self._tried(template, error, NOW, **facts)

    def parked(self, template: str, error: str = "the receiver answered 401", **facts: Any) -> int:
        """Let a message have been given up."""
        return self._tried(template, error, NOW + timedelta(days=4), **facts)

    def sent(self, template: str) -> int:
        """Let a message be out."""
        number = self.waits(template)
        with self._store.transaction() as session:
            mark_sent(session, number, NOW)
        return number

    def _tried(self, template: str, error: str, now: datetime, **facts: Any) -> int:
        number = self.waits(template, **facts)
        with self._store.transaction() as session:
            claim_due(session, now=NOW, limit=10, claim_s=0)
            mark_failed(session, number, error, now)
        return number


@pytest.fixture
def post(store: Store) -> Post:
    """What puts messages into the outbox."""
    return Post(store)


def run(*arguments: object, typed: str = "") -> Result:
    """Run the command."""
    return CliRunner().invoke(app, ["messages", *map(str, arguments)], input=typed)


def lines(result: Result) -> list[str]:
    """What is printed, without the widths of columns."""
    return [" ".join(line.split()) for line in result.output.splitlines() if line.strip()]


def states(store: Store) -> dict[int, str]:
    """State of each message in the outbox."""
    with store.transaction() as session:
        return {row.id: row.state for row in session.scalars(select(OutboxMessage))}


def test_what_is_not_out_is_listed_with_whom_it_tells_and_why_it_is_not_out(post: Post):
    hook = post.parked("campaign_status_update", channel="webhook", audience=None, campaign_number="C000000078")
    mail = post.failed("upload_failed", "mail.example.com:587\ndid not answer", audience="errors")
    post.sent("a1_to_a2_complete")
    result = run("list")
    said, today = lines(result), f"{NOW:%Y-%m-%d}"
    assert result.exit_code == 0
    assert said[0] == "number what to campaign state since tries last error"
    assert said[1].startswith(f"{hook} campaign_status_update hook campaign_status_update C000000078 parked {today} ")
    assert said[1].endswith(" UTC 1 the receiver answered 401")
    assert said[2].startswith(f"{mail} upload_failed errors@example.com waits {today} ")
    assert said[2].endswith(" UTC 1 mail.example.com:587 did not answer")
    assert said[3:] == [
        "once the reason is mended: content-scaling messages send --all-parked",
        "what is too old to be of use: content-scaling messages drop NUMBER",
    ]


def test_only_the_parked_are_listed_where_those_are_asked_for(post: Post):
    assert lines(run("list", "--parked")) == ["no message is parked"]
    assert lines(run("list")) == ["no message waits, and none is parked"]
    post.waits("a1_to_a2_complete")
    number = post.parked("b1_to_b2_complete")
    said = lines(run("list", "--parked"))
    assert [line.split()[0] for line in said] == ["number", str(number), "once", "what"]


def test_one_message_is_shown_with_the_facts_that_it_tells_and_without_the_address_of_its_hook(post: Post):
    facts = {"campaign_name": "Frühjahr", "asset_count": 2}
    number = post.parked("campaign_status_update", channel="webhook", audience=None, payload=facts)
    result = run("show", number)
    said = lines(result)
    assert result.exit_code == 0
    assert said[0] == f"{number} campaign_status_update, webhook"
    assert said[1].startswith("parked ")
    assert said[1].endswith(", after 1 attempt")
    assert "to hook campaign_status_update" in said
    assert "last error the receiver answered 401" in said
    assert said[-4:] == ["{", '"asset_count": 2,', '"campaign_name": "Frühjahr"', "}"]
    assert SECRET not in result.output


def test_a_mail_without_an_audience_goes_to_those_who_run_the_system(post: Post):
    assert "to critical@example.com" in lines(run("show", post.waits("messages_parked", audience=None)))


def test_a_number_that_no_message_has_is_told(post: Post):
    assert (run("show", 7).exit_code, lines(run("show", 7))) == (1, ["there is no message 7"])
    assert run("show", 2**63).exit_code == 2


def test_a_parked_message_is_made_due_and_it_is_said_when_it_goes(store: Store, post: Post):
    number, other = post.parked("a1_to_a2_complete"), post.parked("b1_to_b2_complete")
    result = run("send", number)
    assert result.exit_code == 0
    assert lines(result) == [
        f"{number} a1_to_a2_complete to success@example.com: due again",
        "the next run of deliver-messages sends it, at most five minutes from now",
    ]
    assert states(store) == {number: "pending", other: "parked"}
    with store.transaction() as session:
        assert [row.id for row in claim_due(session, now=NOW, limit=10, claim_s=0)] == [number]


def test_all_parked_messages_are_sent_again_at_once_and_the_second_time_there_is_none(store: Store, post: Post):
    numbers = [post.parked("a1_to_a2_complete"), post.parked("b1_to_b2_complete")]
    waits = post.failed("upload_failed", "no")
    result = run("send", "--all-parked")
    assert result.exit_code == 0
    assert [line.split()[0] for line in lines(result)] == [*map(str, numbers), "the"]
    assert states(store) == dict.fromkeys((*numbers, waits), "pending")
    again = run("send", "--all-parked")
    assert (again.exit_code, lines(again)) == (1, ["no message is parked"])


def test_what_is_not_parked_is_told_plainly_and_the_others_are_sent_all_the_same(store: Store, post: Post):
    parked, waits, sent = post.parked("a1_to_a2_complete"), post.failed("upload_failed", "no"), post.sent("b1")
    result = run("send", sent, parked, waits, 99)
    said = lines(result)
    assert result.exit_code == 1
    assert said[0] == f"{parked} a1_to_a2_complete to success@example.com: due again"
    assert said[1].startswith(f"{sent} b1: not parked, so nothing is done; sent 20")
    assert said[2].startswith(
        f"{waits} upload_failed: not parked, so nothing is done; it waits, and is tried again by "
    )
    assert said[3:] == [
        "there is no message 99",
        "the next run of deliver-messages sends it, at most five minutes from now",
    ]
    assert states(store) == {parked: "pending", waits: "pending", sent: "sent"}
    again = run("send", parked)
    assert again.exit_code == 1
    assert lines(again) == [
        f"{parked} a1_to_a2_complete: not parked, so nothing is done; it waits for the next run of deliver-messages"
    ]


@pytest.mark.parametrize("arguments", [(), (1, "--all-parked"), ("x",), (0,), (2**63,)])
def test_what_cannot_be_meant_is_refused(arguments: tuple[object, ...]):
    assert run("send", *arguments).exit_code == 2


def test_parked_messages_are_dropped_after_a_y_and_wait_for_nobody_any_more(store: Store, post: Post):
    stale = post.parked("a1_to_a2_complete", campaign_number="C000000078")
    kept = post.parked("b1_to_b2_complete")
    refused = run("drop", stale, typed="n\n")
    assert (refused.exit_code, lines(refused)[-1]) == (1, "nothing is changed")
    assert states(store) == {stale: "parked", kept: "parked"}

    result = run("drop", stale, "--reason", "months old", typed="y\n")
    said = lines(result)
    assert result.exit_code == 0
    assert said[0].startswith(f"{stale} a1_to_a2_complete to success@example.com: parked 20")
    assert said[1].startswith("Drop 1 message? Nobody gets it, now or later.")
    assert said[2] == f"{stale} a1_to_a2_complete: dropped"
    assert states(store) == {stale: "dropped", kept: "parked"}
    assert lines(run("show", stale))[1].startswith("dropped 20")
    assert [line.split()[0] for line in lines(run("list"))[1:2]] == [str(kept)]
    with store.transaction() as session:
        (event,) = events_of_campaign(session, "C000000078")
    assert event.event_type == "message_dropped"
    assert (event.detail["number"], event.detail["reason"], "@" in event.detail["by"]) == (stale, "months old", True)


def test_what_is_not_parked_is_not_dropped(store: Store, post: Post):
    parked, waits, sent = post.parked("a1_to_a2_complete"), post.failed("upload_failed", "no"), post.sent("b1")
    result = run("drop", waits, sent, 99)
    assert result.exit_code == 1
    assert [line.partition(";")[0] for line in lines(result)] == [
        f"{waits} upload_failed: not parked, so nothing is done",
        f"{sent} b1: not parked, so nothing is done",
        "there is no message 99",
    ]
    assert run("drop", parked, waits, typed="y\n").exit_code == 1
    assert states(store) == {parked: "dropped", waits: "pending", sent: "sent"}
    assert run("drop").exit_code == 2


def test_nothing_in_a_message_is_obeyed_by_the_terminal(store: Store, post: Post):
    number = post.parked("a1_to_a2_complete", "[red]no[/red]\x1b[2J", payload={"name": "\x1b[2J[bold]"})
    with store.transaction() as session:
        session.execute(update(OutboxMessage).values(campaign_number="[C]"))
    for result in (run("list"), run("show", number), run("drop", number, typed="n\n"), run("send", number)):
        assert result.exit_code in (0, 1)
        assert "\x1b" not in result.output
    assert "[red]no[/red]" in run("list").output
