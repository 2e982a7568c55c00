from pathlib import Path

import pytest
import yaml
from pydantic import ValidationError

from clients.webhook.client import WebhookClient
from clients.webhook.hooks import Hook, Webhooks
from domain.errors import ConfigError

CONFIG = Path(__file__).parents[4] / "config" / "webhooks.yaml"
URL = "https://hooks.example.com/status/s3cr3t-path"


def hook(**changes):
    return Hook.model_validate({"name": "status", "url": URL, "payload": ["campaign_id"]} | changes)


def shipped(url: str = URL) -> Webhooks:
    data = yaml.safe_load(CONFIG.read_text(encoding="utf-8"))
    for entry in data["hooks"]:
        entry["url"] = url
    return Webhooks.model_validate(data)


def test_the_shipped_file_announces_status_changes_and_leaves_uploads_off():
    assert [(hook.name, hook.is_on) for hook in shipped().hooks] == [
        ("campaign_status_update", True),
        ("campaign_live", True),
        ("asset_upload_complete", False),
    ]


def test_a_hook_whose_address_is_not_set_is_off():
    assert not shipped(url="").named("campaign_status_update").is_on


def test_an_unknown_hook_is_refused_by_name():
    with pytest.raises(ConfigError, match="has no hook live_check"):
        shipped().named("live_check")


def test_two_hooks_cannot_share_a_name():
    with pytest.raises(ValidationError, match="named twice: status"):
        Webhooks(hooks=(hook(), hook()))


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"url": "${WEBHOOK_CAMPAIGN_STATUS_URL}"}, "must start with https://"),
        ({"url": "https://robot:s3cr3t-pass@example.com/"}, "must not hold a user"),
        ({"auth": "basic"}, "username belongs to auth: basic"),
        ({"auth": "bearer", "username": "robot"}, "username belongs to auth: basic"),
        ({"headers": {"Authorization": "Bearer s3cr3t-pass"}}, "use auth"),
        ({"headers": {"X-Team": "a\r\nX-Other: b"}}, "match pattern"),
        ({"payload": {"name": "campaign.name |"}}, "is not an expression"),
        ({"payload": []}, "at least 1"),
        ({"method": "GET"}, "POST"),
        ({"timeout": 3}, "Extra inputs"),
    ],
)
def test_a_hook_that_cannot_work_is_refused_when_it_is_loaded_without_showing_secrets(changes, reason):
    with pytest.raises(ValidationError, match=reason) as refusal:
        hook(**changes)
    assert "s3cr3t" not in str(refusal.value)


def test_the_address_and_the_token_are_not_in_a_repr():
    assert "s3cr3t" not in repr(hook(headers={"X-Key": "s3cr3t"})) + repr(WebhookClient("s3cr3t"))


@pytest.mark.parametrize("token", ["with\nline break", "töken"])
def test_a_token_that_no_header_can_carry_is_refused_unseen(token):
    with pytest.raises(ConfigError, match="WEBHOOK_TOKEN") as refusal:
        WebhookClient(token)
    assert token not in str(refusal.value)
