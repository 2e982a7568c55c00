"""Whether `check` sees that a webhook, or an alarm, could not be told."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from blocks.settings import Settings
from blocks.webhooks import OutgoingWebhooks
from entrypoints.checks.messages import check_alarm_webhook, check_webhooks
from entrypoints.checks.verdict import State

HOOK = '  - {{name: {name}, url: "{url}", auth: {auth}, enabled: {enabled}, payload: [campaign_number]}}\n'
CLOSED = "http://127.0.0.1:1/s3cr3t"


@pytest.fixture
def url() -> Iterator[str]:
    """An address at which somebody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/s3cr3t"


def said(
    folder: Path, *hooks: dict[str, str], token: str | None = "0123456789", campaign_status_url: str | None = None
) -> dict[str, tuple[State, str]]:
    """What is said of each webhook of a file with these."""
    always = {"auth": "bearer", "enabled": "true"}
    (folder / "webhooks.yaml").write_text("hooks:\n" + "".join(HOOK.format(**always | each) for each in hooks))
    block = OutgoingWebhooks(campaign_status_url=campaign_status_url, token=token)
    verdicts = list(check_webhooks(block, Settings(_env_file=None, config_dir=folder)))
    assert "s3cr3t" not in str(verdicts)
    return {each.name: (each.state, each.text) for each in verdicts}


def test_a_hook_that_signs_in_without_a_token_is_a_failure(tmp_path: Path, url: str):
    found = said(tmp_path, {"name": "live", "url": url}, {"name": "open", "url": url, "auth": "none"}, token=None)
    assert found["hook live"] == (State.FAILED, "WEBHOOK_TOKEN: not set; the webhook live signs in with it")
    assert found["hook open"][0] is State.OK


def test_every_hook_that_is_on_is_tried_wherever_its_address_is_written(tmp_path: Path, url: str):
    found = said(
        tmp_path,
        {"name": "literal", "url": CLOSED},
        {"name": "set", "url": "${WEBHOOK_CAMPAIGN_STATUS_URL}"},
        {"name": "nowhere", "url": "${WEBHOOK_ASSET_UPLOAD_URL}"},
        {"name": "idle", "url": CLOSED, "enabled": "false"},
        campaign_status_url=url,
    )
    assert list(found) == ["hook literal", "hook set", "hook idle"]
    assert found["hook literal"][0] is State.FAILED
    assert "127.0.0.1:1 cannot be reached (Connection refused); check webhooks.yaml" in found["hook literal"][1]
    assert found["hook set"][0] is State.OK
    assert found["hook idle"] == (State.OK, "not applicable: enabled is false in webhooks.yaml")


def test_an_address_that_can_be_none_is_named(tmp_path: Path):
    state, text = said(tmp_path, {"name": "odd", "url": "https://hooks..example.com/s3cr3t"})["hook odd"]
    assert (state, text.partition(";")[0]) == (State.FAILED, "hooks..example.com:443 cannot be reached (UnicodeError)")


def test_the_receiver_of_alarms_is_tried_where_there_is_one(url: str):
    def alarms(address: str | None) -> list[State]:
        return [each.state for each in check_alarm_webhook(Settings(_env_file=None, alarm_webhook_url=address))]

    assert (alarms(None), alarms(url), alarms(CLOSED)) == ([], [State.OK], [State.FAILED])
