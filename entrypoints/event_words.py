"""Entries of the audit trail in plain words."""

from collections.abc import Mapping
from datetime import UTC
from typing import Any

from db.models import AssetEvent

_WHAT = {
    "delivery_started": "{path} is going out to Box",
    "delivered": "has arrived in Box",
    "delivery_failed": "{path} could not be delivered",
    "campaign_failed": "{workflow} could not work on the campaign",
    "master_read_again": "was read again, and lies in Box as it is in the DAM",
    "master_score_ignored": "its CreativeX score was not taken over",
    "score_read": "its CreativeX score {score} was read: {name}, version {version}",
    "score_needs_review": "its CreativeX score {score} does not add up: {name}, version {version}",
    "scorecard_unread": "the scorecard {pdf} could not be read",
    "file_refused": "{name} was refused",
    "derivative_started": "{name} is being taken in",
    "derivative_uploaded": "{name} is in the DAM",
    "derivative_failed": "{name} could not be brought home",
    "derivative_withdrawn": "{name} was taken back before it was in the DAM",
    "removed_from_box": "{name} has left Box",
    "changed_in_box": "{name} was changed in Box before it could be taken out there, and stays",
    "rejection_started": "{name} was rejected, and is going back to the agency",
    "rejection_delivered": "{name} has gone back to the agency",
    "rework_returned": "what was made of a rejected asset has come home: {name}",
    "master_retired": "{name} was retired: nothing is waited for of it",
    "master_restored": "{name} is active again",
    "message_dropped": "the {channel} {name}, number {number}, was given up and dropped: nobody gets it",
    "status_changed": "moved {from} → {to}{by_force}",
    "status_move_overtaken": "was not moved {from} → {to}",
    "status_move_abandoned": "was to be moved {from} → {to}, and was not",
    "status_changed_outside": "was moved {from} → {to} in the DAM, not by us",
    "campaign_gone": "is not to be seen in the DAM any more",
}
"""Sentences by type of event; the names are those of its detail."""


class _Detail(dict[str, Any]):
    """The detail of an event; what one of an older version lacks is said to be unknown."""

    def __missing__(self, name: str) -> str:
        return "?"


def what_happened(event: AssetEvent) -> str:
    """Return it as a sentence; of a type without one, its name."""
    detail: Mapping[str, Any] = _Detail(event.detail) | {"by_force": " by force" if event.detail.get("forced") else ""}
    sentence = _WHAT.get(event.event_type)
    if sentence is None:
        return event.event_type.replace("_", " ")
    return sentence.format_map(_Detail(detail))


def who_did_it(event: AssetEvent) -> str:
    """Return the person who asked for it, else the workflow, else nothing."""
    return str(event.detail.get("by") or event.detail.get("workflow") or "")


def why(event: AssetEvent) -> str:
    """Return the reason given for it, or nothing."""
    return str(event.detail.get("reason") or "")


def cells(event: AssetEvent) -> tuple[str, str, str, str]:
    """Return when (UTC) it was, what happened, who did it, and why."""
    when = f"{event.event_timestamp.astimezone(UTC):%Y-%m-%d %H:%M:%S}"
    return when, what_happened(event), who_did_it(event), why(event)
