"""The automations of a real Prefect server are brought to what the rules say."""

import secrets
from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

import pytest
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.events.schemas.automations import Automation, AutomationCore

from deployments.automations import apply_rule, compare
from deployments.rules import no_heartbeat, no_runs, run_failed, run_long, stuck_pending

ALARMS = (UUID(int=1), UUID(int=2))
RULES = [run_failed(ALARMS), run_long(6, ALARMS), no_runs(30, ALARMS), no_heartbeat(60), stuck_pending()]


@pytest.fixture
def client(prefect: dict[str, str]) -> Iterator[SyncPrefectClient]:
    with get_client(sync_client=True) as client:
        yield client


def own(rule: AutomationCore) -> AutomationCore:
    """The rule under a name that no other test has."""
    return rule.model_copy(update={"name": f"{rule.name} {secrets.token_hex(4)}"})


def bring(rule: AutomationCore, client: SyncPrefectClient) -> Automation:
    """Have the server follow the rule, and return what it then has under its name."""
    apply_rule(rule, compare(rule, client)[0], client)
    [found] = client.read_automations_by_name(rule.name)
    return found


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_a_rule_that_was_made_is_as_it_is_to_be(client: SyncPrefectClient, rule: AutomationCore) -> None:
    rule = own(rule)
    assert compare(rule, client) == ([], "made")
    found = bring(rule, client)
    assert compare(rule, client) == ([found], None)


def test_a_rule_that_differs_is_changed_and_stays_the_same_automation(client: SyncPrefectClient) -> None:
    rule = own(no_heartbeat(60))
    before = bring(rule, client)
    other = no_heartbeat(120).model_copy(update={"name": rule.name})
    assert compare(other, client)[1] == "changed: trigger, actions"
    after = bring(other, client)
    assert (after.id, after.trigger.model_dump()["within"]) == (before.id, timedelta(seconds=480))
    assert compare(other, client)[1] is None


def test_a_rule_that_a_person_has_switched_off_stays_off(client: SyncPrefectClient) -> None:
    rule = own(no_runs(30, ALARMS))
    found = bring(rule, client)
    client.pause_automation(found.id)
    assert compare(rule, client)[1] is None
    changed = bring(no_runs(45, ALARMS).model_copy(update={"name": rule.name}), client)
    assert (changed.id, changed.enabled) == (found.id, False)


def test_a_rule_that_two_have_made_at_once_is_left_once(client: SyncPrefectClient) -> None:
    rule = own(stuck_pending())
    for _ in range(3):
        client.create_automation(rule)
    found, change = compare(rule, client)
    assert (len(found), change) == (3, "changed: there more than once")
    assert bring(rule, client).id == found[0].id
    assert compare(rule, client)[1] is None


def test_automations_of_others_are_left_alone(client: SyncPrefectClient) -> None:
    rule = own(stuck_pending())
    other = client.create_automation(rule.model_copy(update={"name": rule.name.partition(": ")[2]}))
    bring(rule, client)
    assert client.read_automation(other) is not None
