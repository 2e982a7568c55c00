"""Brings the automations of the Prefect server to what the rules say: by name, and only where they differ.

Whether one is on is a person's to say in the UI, and stays as it is. Automations of others are not touched.
"""

from collections.abc import Iterator
from uuid import UUID

from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.events.schemas.automations import Automation, AutomationCore

from blocks.alarms import AlarmMail, AlarmWebhook
from blocks.bootstrap import alarms_from
from blocks.saved import SavedBlocks
from blocks.settings import Settings
from deployments.plan import MADE, Item, changed
from deployments.rules import rules

_TO_BE_MADE = UUID(int=0)
"""Stands for the block of an alarm that set-up has yet to save."""


def plan_automations(settings: Settings) -> list[Item]:
    """Return what `apply_rules` would do, once the blocks are saved. Needs the Prefect API."""
    with get_client(sync_client=True) as client:
        return [Item(f"automation: {rule.name}", change) for rule, _, change in _compared(settings, client)]


def missing_or_different(settings: Settings) -> list[str]:
    """Return the names of the automations that `apply_rules` would make or change. Needs the Prefect API."""
    with get_client(sync_client=True) as client:
        return [rule.name for rule, _, change in _compared(settings, client) if change is not None]


def apply_rules(settings: Settings) -> list[Item]:
    """Make every automation that is missing and change every one that differs; return what was done to each.

    Needs the Prefect API, with the blocks of the alarms saved.
    """
    with get_client(sync_client=True) as client:
        compared = list(_compared(settings, client))
        for rule, found, change in compared:
            if change is not None:
                apply_rule(rule, found, client)
    return [Item(f"automation: {rule.name}", change) for rule, _, change in compared]


def apply_rule(rule: AutomationCore, found: list[Automation], client: SyncPrefectClient) -> None:
    """Make the automation, or change the first of those `found` under its name; what is there twice would act twice."""
    if not found:
        client.create_automation(rule)
    else:
        kept = rule.model_copy(update={"enabled": found[0].enabled})
        # Through a dump, so that every field counts as given, and is sent; an owner is not taken in a change.
        given = kept.model_dump(exclude={"owner_resource"})
        client.update_automation(found[0].id, AutomationCore.model_validate(given))
    # Read again: another set-up may have made it at the same moment. Both of them keep the same one.
    for doubled in _named(rule.name, client)[1:]:
        client.delete_automation(doubled.id)


def _compared(
    settings: Settings, client: SyncPrefectClient
) -> Iterator[tuple[AutomationCore, list[Automation], str | None]]:
    """Yield each rule, what is found under its name, and what would be done."""
    for rule in rules(settings, _alarms(settings)):
        yield rule, *compare(rule, client)


def compare(rule: AutomationCore, client: SyncPrefectClient) -> tuple[list[Automation], str | None]:
    """Return what is found under the rule's name, and what `apply_rule` would do, or None."""
    found = _named(rule.name, client)
    return found, changed(_differences(rule, found)) if found else MADE


def _differences(rule: AutomationCore, found: list[Automation]) -> list[str]:
    parts = ("description", "trigger", "actions")
    differences = [part for part in parts if getattr(found[0], part) != getattr(rule, part)]
    return [*differences, *(["there more than once"] if len(found) > 1 else [])]


def _named(name: str, client: SyncPrefectClient) -> list[Automation]:
    """Return the automations of that name, in an order that is the same for everybody."""
    return sorted(client.read_automations_by_name(name), key=lambda found: str(found.id))


def _alarms(settings: Settings) -> list[UUID]:
    """Return the ids of the blocks that tell people: what is saved in Prefect, and what the settings describe."""
    saved, described = SavedBlocks(settings.block_name), {type(block) for block in alarms_from(settings)}
    found: list[UUID] = []
    for kind in (AlarmMail, AlarmWebhook):
        block = saved.find(kind)
        if block is not None and block._block_document_id is not None:
            found.append(block._block_document_id)
        elif kind in described:
            found.append(_TO_BE_MADE)
    return found
